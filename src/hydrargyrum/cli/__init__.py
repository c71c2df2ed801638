"""The command line: arguments, aliases, dispatch, hooks around commands, exit codes. No command does its work here."""
