import sys

# arguments: -c, the launcher as it was called, the prefix of the installation, the user's own
del sys.argv[0]
prefix = sys.argv.pop(1)
sys.path.append(f"{prefix}/lib/python3.{sys.version_info[1]}/site-packages")
try:
    try:
        from hydrargyrum.cli.main import main
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "hydrargyrum":
            raise
        import os

        if os.path.isdir(f"{prefix}/hydrargyrum"):  # pip install --target
            sys.path.append(prefix)
        else:
            import site

            site.main()
        from hydrargyrum.cli.main import main
    status = main()
except KeyboardInterrupt:  # before there was anything that could tell it better
    sys.stderr.write("interrupted!\n")
    status = 255
sys.exit(status)
