"""Items: any JSON value under a namespace and a key, as agent frameworks store what they know across conversations.

    await items.put(tenant, namespace=("users", "ada"), key="theme", value={"dark": True}, time_to_live=timedelta(days=30))
    item = await items.get(tenant, namespace=("users", "ada"), key="theme", refresh=True)
    dark = await items.page(tenant, prefix=("users",), filter={"dark": True})

A namespace is a path of labels; a page, a count or a search of one includes all below it. A value is put as a whole. To be found by its
content, it is put with parts: texts of the value, with or without embeddings.
"""

from memdb.items.reading import count, get, get_many, namespaces, page, scan, search
from memdb.items.removing import delete, delete_many, sweep_expired
from memdb.items.structs import Filter, Item, ItemHit, ItemKey, ItemTimes, NewItem, NewPart
from memdb.items.writing import put, put_many, update

__all__ = [
    "Filter",
    "Item",
    "ItemHit",
    "ItemKey",
    "ItemTimes",
    "NewItem",
    "NewPart",
    "count",
    "delete",
    "delete_many",
    "get",
    "get_many",
    "namespaces",
    "page",
    "put",
    "put_many",
    "scan",
    "search",
    "sweep_expired",
    "update",
]
