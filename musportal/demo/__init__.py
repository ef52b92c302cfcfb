"""The demo organisation: who works in Borgerhuset Egeborg, and what they talked about over two years."""
