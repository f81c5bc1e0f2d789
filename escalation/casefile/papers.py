"""The forms as documents: what is printed, in which order. Pure; how a paper looks is `escalation.documents`' subject.

A form's title in the decree is printed only for a deployment that has compared the fields with its official copy.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from escalation.casefile.assessment import Assessment, Count, assess
from escalation.casefile.filling import Filled
from escalation.casefile.forms import LEVELS, WHY, Field, Form, Forms, Language
from escalation.casefile.forms import Section as FormSection
from escalation.casefile.prefill import when
from escalation.casefile.reading import CaseFile
from escalation.documents.model import Document, Section
from escalation.documents.model import Field as Line

Words = Mapping[str, Any]  # the desk's words under `casefile`


def form_paper(
    file: CaseFile, forms: Forms, form: Form, *, number: str, words: Words, language: Language, now: datetime
) -> Document:
    """Return one form as a document. `number` is the case's as staff say it."""
    return Document(
        title=form.title.of(language),
        subtitle=_subtitle(forms, form, words),
        sections=_sections(file, form, words, language),
        footer=_footer(number, words, now),
        language=language,
    )


def whole_paper(
    file: CaseFile, forms: Forms, *, number: str, words: Words, language: Language, now: datetime
) -> Document:
    """Return every form that somebody has written in, one behind the other; Mẫu số 01 always."""
    parts: list[Section] = []
    for form in forms:
        if form.number == "01" or file.forms[form.number].version:
            parts.append(Section(title=form.title.of(language), paragraphs=(_subtitle(forms, form, words),)))
            parts += _sections(file, form, words, language)
    return Document(
        title=words["paper"]["whole"].format(number=number),
        subtitle=words["paper"]["private"],
        sections=tuple(parts),
        footer=_footer(number, words, now),
        language=language,
    )


def _subtitle(forms: Forms, form: Form, words: Words) -> str:
    kind = "compared" if form.number in forms.compared else "draft"
    return str(words["paper"][kind].format(number=form.number))


def _footer(number: str, words: Words, now: datetime) -> str:
    return str(words["paper"]["footer"].format(number=number, at=when(now)))


def _sections(file: CaseFile, form: Form, words: Words, language: Language) -> tuple[Section, ...]:
    values, filled = file.values(form), file.forms[form.number]
    found = [_section(file, form, section, values, words, language) for section in form.sections]
    counted = assess(form, values)
    if counted is not None:
        found.append(Section(title=words["count"], paragraphs=tuple(count_words(counted, words))))
    known = {cell for field in form.fields for cell in field.cells}
    others = {name: cell.value for name, cell in filled.cells.items() if name not in known and cell.value}
    if others:  # what was written before the operator took the field out of the form
        found.append(Section(title=words["others"], fields=tuple(Line(name, text) for name, text in others.items())))
    return (*found, _signature(filled, file, words))


def _section(
    file: CaseFile, form: Form, section: FormSection, values: dict[str, str], words: Words, language: Language
) -> Section:
    lines: list[Line] = []
    for field in section.fields:
        lines += _lines(field, values, words, language)
        lines += [
            Line(words["paper"]["quoted"].format(at=when(one.at)), one.text, quoted=True)
            for one in file.quoted(form, field.id)
        ]
    return Section(title=section.title.of(language), fields=tuple(lines))


def _lines(field: Field, values: dict[str, str], words: Words, language: Language) -> Iterable[Line]:
    value, label = values.get(field.id, ""), field.label.of(language)
    if field.kind != "level":
        return (Line(label, field.words_of(value, language)),)
    if value in LEVELS:
        told = f"{words['level'][value]}: {field.words_of(value, language)}"
    else:
        told = value or words["level"]["unknown"]
    why = values.get(field.id + WHY, "")
    return (Line(label, told), Line(words["why"], why)) if why else (Line(label, told),)


def count_words(counted: Assessment, words: Words) -> Iterable[str]:
    """Return what was counted, a sentence for each part, and what the count suggests."""
    yield words["counts"]["harm"].format(**_numbers(counted.harm))
    yield words["counts"]["protection"].format(**_numbers(counted.protection))
    if counted.suggested is not None:
        yield words["suggests"][counted.suggested]


def _numbers(count: Count) -> dict[str, int]:
    return {"high": count.high, "medium": count.medium, "low": count.low, "unknown": count.unknown}


def _signature(filled: Filled, file: CaseFile, words: Words) -> Section:
    signed = filled.signature
    if signed is None:
        return Section(title=words["paper"]["signature"], paragraphs=(words["paper"]["unsigned"],))
    told = words["paper"]["signed"].format(name=file.names.get(signed.by_id, "?"), at=when(signed.at))
    later = (words["signed_changed"],) if filled.changed_since_signed else ()
    return Section(title=words["paper"]["signature"], paragraphs=(told, *later))
