"""The machines that paint the deal: magenta and classic, behind one protocol."""
