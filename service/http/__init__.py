"""What every route shares: the transaction of a request, problems, ETags, pages."""
