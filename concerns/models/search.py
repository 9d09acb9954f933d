"""What the one search box looks into."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models

from concerns.models.concern import Concern
from safeguarding_portal.accounts.models import Team


class SearchDocument(models.Model):
    """The words of one concern, in one row, written in the transaction that files it.

    `team` and `restricted` repeat those of the concern, so that a search narrows down before it
    joins. Triggers keep them, and add every later note (migration 0021), whichever service writes.
    They only narrow: `access.visible_concerns` still decides who may see a hit.
    """

    concern = models.OneToOneField(
        Concern, primary_key=True, on_delete=models.CASCADE, related_name="search_document"
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", db_index=False)
    restricted = models.BooleanField()
    # The names of everybody in the concern.
    names = models.TextField()
    # Everything that was answered or written, a line each; highlights are cut from it.
    text = models.TextField()
    # Phone and NHS numbers and postcodes in one way of writing: see `selectors.search_words`.
    codes = models.TextField()
    words = models.GeneratedField(
        expression=SearchVector("names", weight="A", config="simple")
        + SearchVector("codes", weight="A", config="simple")
        + SearchVector("text", weight="C", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        indexes = (GinIndex(fields=("words",), name="search_words"),)

    def __str__(self) -> str:
        return f"Words of {self.concern_id}"


class NameWord(models.Model):
    """Every word that occurs in a name, once: where a misspelt name finds the right spelling.

    Filled by a trigger. Never shown: a word here may come from a record that the person at the
    screen must not know of.
    """

    word = models.CharField(primary_key=True, max_length=200)

    class Meta:
        indexes = (GinIndex(OpClass("word", "gin_trgm_ops"), name="name_word_trgm"),)

    def __str__(self) -> str:
        return self.word
