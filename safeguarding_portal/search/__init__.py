"""One box for policies and the directory. It joins what each finds; they ignore each other."""
