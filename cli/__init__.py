"""The command line: a module for each noun, in which each command calls the application and prints its answer."""
