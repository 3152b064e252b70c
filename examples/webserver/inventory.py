"""Three web servers, told apart by a number."""

web = [(f"web{number}.example.org", {"server_name": f"www{number}.example.org"}) for number in (1, 2, 3)]
