"""Whether the judge can be trusted: alterations, tricks, ladders, and the page that shows them."""
