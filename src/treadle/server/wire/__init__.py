"""The dialect of the REST contract: ids, lists, filters, answers, error bodies."""
