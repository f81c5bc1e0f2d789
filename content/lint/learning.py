"""The path of each band, and the questions that show what a lesson taught (KC309, KC310)."""

from collections.abc import Iterator

from content.errors import Place, Problem
from content.schema import BANDS, SOURCE_LANGUAGE, Band, Quiz
from content.tree import Tree


def paths(tree: Tree) -> Iterator[Problem]:
    """Find the topics that a path lacks, has twice, or does not know."""
    taught = {lesson.topic for lesson in tree.lessons if lesson.lang == SOURCE_LANGUAGE}
    file = f"{tree.name}/path.yml"
    if any(problem.place.file == file for problem in tree.problems):
        return
    for band in BANDS:
        steps = [step for step in tree.path if step.band == band]
        before: set[str] = set()
        for step in steps:
            if step.topic in before or step.topic not in taught:
                what = "twice" if step.topic in before else "without a lesson"
                yield Problem(place=step.place, code="KC309", message=f"{step.topic} stands {what} for {band}")
            before.add(step.topic)
        missing = sorted(taught - before)
        if missing:
            place = steps[0].place if steps else Place(file=file, line=1)
            yield Problem(place=place, code="KC309", message=f"{', '.join(missing)} for {band}: not on the path")


def measures(tree: Tree) -> Iterator[Problem]:
    """Find quizzes whose two marked questions are not there, or are other ones than in Vietnamese."""
    marks = {(quiz.lang, quiz.topic, quiz.band): _marks(quiz) for quiz in tree.quizzes}
    for quiz in tree.quizzes:
        own = marks[quiz.lang, quiz.topic, quiz.band]
        found = f"the quiz {quiz.topic} {quiz.band} marks {own or 'none'}"
        if [mark for mark, _ in own] != ["post", "pre"]:
            yield Problem(place=quiz.place, code="KC310", message=found)
        elif own != _vietnamese(marks, quiz.topic, quiz.band, own):
            yield Problem(place=quiz.place, code="KC310", message=f"{found}, unlike the Vietnamese")


_Marks = list[tuple[str, str]]


def _marks(quiz: Quiz) -> _Marks:
    return sorted((question.measure, question.id) for question in quiz.questions if question.measure is not None)


def _vietnamese(marks: dict[tuple[str, str, Band], _Marks], topic: str, band: Band, default: _Marks) -> _Marks:
    return marks.get((SOURCE_LANGUAGE, topic, band), default)
