"""Repositories change their format in place: which formats there are, what is to be done, doing it.

What is printed about a plan belongs to the command.
"""
