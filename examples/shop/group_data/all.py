"""What the shop is like on all hosts."""

title = "Shop"
port = 8080
workers = 4
