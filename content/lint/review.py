"""Who has read a text besides its author (KC401, KC402)."""

from collections.abc import Iterator

from content.errors import Place, Problem
from content.schema import Review
from content.tree import Tree


def reviews(tree: Tree) -> Iterator[Problem]:
    """Report each file once."""
    sheets: dict[str, tuple[Place, Review]] = {}
    for lesson in tree.lessons:
        sheets[lesson.place.file] = (lesson.place, lesson.review)
    for advice in tree.advice:
        sheets[advice.place.file] = (advice.place, advice.review)
    for quiz in tree.quizzes:
        place = Place(file=quiz.place.file, line=1)
        sheets[place.file] = (place, quiz.review)
    for place, review in sheets.values():
        if review.second_read is None:
            message = f"only {review.author}, its author, has read this"
            yield Problem(place=place, code="KC401", message=message)
        if review.specialist_review is None:
            yield Problem(place=place, code="KC402", message="specialist_review is null")
