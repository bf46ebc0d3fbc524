"""``{% url %}`` as everywhere in Django, with addresses that are put together once (``pages/addresses.py``)."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import Node, Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape

from takedowns.pages.addresses import address_of

register = template.Library()


class AddressNode(URLNode):
    """As Django's, which asks the table of addresses each time."""

    def render(self, context: Any) -> str:
        """Return the address, or keep it under the name that the tag gives it."""
        args = [one.resolve(context) for one in self.args]
        kwargs = {name: value.resolve(context) for name, value in self.kwargs.items()}
        request = context.get("request")
        try:
            app = request.current_app
        except AttributeError:
            match = getattr(request, "resolver_match", None)
            app = match.namespace if match else None
        try:
            found = address_of(self.view_name.resolve(context), *args, app=app, **kwargs)
        except NoReverseMatch:
            if self.asvar is None:
                raise
            found = ""
        if self.asvar:
            context[self.asvar] = found
            return ""
        return conditional_escape(found) if context.autoescape else found


@register.tag
def url(parser: Parser, token: Token) -> Node:
    """Write the address of a page: ``{% url 'web:referral' reference id %}``."""
    read = django_url(parser, token)
    return AddressNode(read.view_name, read.args, read.kwargs, read.asvar)
