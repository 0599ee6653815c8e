# The version of Frieze, here because runtime/ also builds without the rest.
set(FRIEZE_VERSION 0.1.0)
