"""Chinese text: light normalisation with an offset map, readings restored for matching, words, lexicons, contacts.

Every function here is pure; every place it reports is ``[start, end)`` in code points of the submitted text.
"""
