"""Make the vendor follow: one function closes the difference between what is wanted and what is true.

flows        converge: the one function, as a flow of documented calls
driver       runs a flow; sender: a call becomes an HTTP request, an answer an answer or an error
state        one account or role in memory; ledger: between memory and the tables
writing      the write path, in two transactions; delivery: what happens between them
users        SCIM writes to Users
groups       SCIM writes to Groups; membership, pushing: who comes and goes, and how their accounts follow
worker       delivers what is due
adopting     a new link, or one that has outlived its resource
outcomes     vendor errors as SCIM errors; journal, summary: the audit
target, dialects
"""
