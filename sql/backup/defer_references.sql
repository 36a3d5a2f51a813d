-- Until the end of the transaction, a row may refer to a row of its own table that is inserted later.
SET CONSTRAINTS ALL DEFERRED
