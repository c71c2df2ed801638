"""The engines that do the work on repositories; `select` chooses one at start. Nothing here prints or reads config."""
