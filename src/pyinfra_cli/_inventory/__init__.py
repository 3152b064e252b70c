"""How the inventory of a command line comes about: words, files, functions, and the data of groups."""
