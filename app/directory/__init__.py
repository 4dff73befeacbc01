"""What the IdP wants and what was made true: tables, and the statements on them.

tables       the schema; migrate and migrations/ bring a database to it
database     the one place that knows SQLite from PostgreSQL
resources, links, members, events, tokens    one repository a table
search, where                                lists and filters
status       what is not yet true
"""
