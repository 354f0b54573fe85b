"""Chosen answers on paper, to take to the doctor: the same sheet as a PDF, as HTML to print, and as plain text.

A browser sends which questions it holds and where their quotes stand, never the quotes themselves: `request` says what it
may send, `sheet` takes every quoted word out of the library, and `pdf`, `page` and `plain` write the sheet down.
"""
