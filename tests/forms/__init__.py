"""One file for every schema format ever released, and the test that they still render."""
