"""The commands of `coprod`, a file for each kind of question. Nothing heavy is imported before a command needs it."""
