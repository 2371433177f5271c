"""The tests: flat, one file a module, helpers beside them."""
