"""The commands of `./kith`: each module has `add_arguments(parser)` and `run(options)`."""
