"""The built-in commands, one module each: options, request, call, view. `index` knows their names."""
