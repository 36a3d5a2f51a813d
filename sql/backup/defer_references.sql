-- Until the end of the transaction, a row may refer to one of its own table that is yet to come.
SET CONSTRAINTS ALL DEFERRED
