"""What agents have said of pull requests."""

import memdb

queries = memdb.Package(__name__, schema="code_reviews")
