"""A moderation service for Chinese-language communities, which also listens for brands.

``domain`` decides and touches nothing; ``text`` reads Chinese; ``classifiers`` turn text into scores; ``store`` keeps
rows; ``services`` are the verbs, each opening its own transactions; ``endpoints`` and ``api`` translate HTTP;
``wiring`` chooses the parts; ``cli`` starts everything.
The database row is the job, and the queue only rings the bell.
"""

__version__ = "0.1.0"
