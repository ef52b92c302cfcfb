"""Everything about one person, for that person (GDPR art. 15 and 20): complete, and nothing private of others.

One module for each part; each says in ``COVERS`` which columns of the data map it tells. A test fails the build when a
column about people is in none of them and in no reason of ``NOT_TOLD``.
"""
