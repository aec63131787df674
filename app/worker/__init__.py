"""The process in which rivals and judge work: client, server, what goes to and fro, and the jobs. No Qt."""
