"""Every column of sealed values and what its values are sealed for: the one list that new keys work through."""

from escalation.casefile.places import change_place, export_place, form_place
from escalation.casefile.tables import change, export, filled
from escalation.cases import items_place
from escalation.complaints import complaint_place
from escalation.contact import summary_place
from escalation.glass.breaking import glass_place
from escalation.glass.tables import break_glass
from escalation.referrals.keeping import answer_place, body_place, packet_place
from escalation.referrals.keeping import reason_place as referral_reason_place
from escalation.referrals.tables import referral
from escalation.shift.notes import handover_place, shift_note_place
from escalation.shift.tables import handover, shift_note
from escalation.signing import reason_place
from escalation.staff.accounts import totp_place
from escalation.staff.second_factor import pending_place
from escalation.staff.tables import totp_pending
from escalation.tables import cases, complaint, staff
from escalation.tasks.reading import note_place as task_note_place
from escalation.tasks.reading import title_place
from escalation.tasks.tables import task
from escalation.writing.drafts import draft_place
from escalation.writing.notes import note_place
from escalation.writing.tables import draft, note
from store.conversations import ADDRESS_PLACE, STATE_PLACE, message_place
from store.inbox import inbox_place
from store.messenger_tokens import token_place
from store.outbox import outbox_place
from store.shredding import SealedColumn
from store.tables import conversation, inbox, message, messenger_token, outbox
from store.vault import key_place

# Under the conversation's data key; the place begins with the conversation's id.
UNDER_DATA_KEYS = (
    SealedColumn(conversation.c.address_sealed, lambda _: ADDRESS_PLACE),
    SealedColumn(conversation.c.state_sealed, lambda _: STATE_PLACE),
    SealedColumn(inbox.c.body_sealed, lambda row: inbox_place(row.seq)),
    SealedColumn(outbox.c.body_sealed, lambda row: outbox_place(row.seq)),
    SealedColumn(message.c.body_sealed, lambda row: message_place(row.seq)),
    SealedColumn(cases.c.items_sealed, lambda row: items_place(row.id)),
    SealedColumn(cases.c.summary_sealed, lambda row: summary_place(row.id)),
    SealedColumn(cases.c.reason_sealed, lambda row: reason_place(row.id)),
    SealedColumn(complaint.c.body_sealed, lambda row: complaint_place(row.id)),
    SealedColumn(break_glass.c.reason_sealed, lambda row: glass_place(row.id)),
    SealedColumn(handover.c.note_sealed, lambda row: handover_place(row.id)),
    SealedColumn(shift_note.c.body_sealed, lambda row: shift_note_place(row.id)),
    SealedColumn(draft.c.body_sealed, lambda row: draft_place(row.case_id, row.staff_id)),
    SealedColumn(note.c.body_sealed, lambda row: note_place(row.case_id, row.number)),
    SealedColumn(filled.c.body_sealed, lambda row: form_place(row.case_id, row.form)),
    SealedColumn(change.c.before_sealed, lambda row: change_place(row.case_id, row.form, row.version)),
    SealedColumn(export.c.reason_sealed, lambda row: export_place(row.id)),
    SealedColumn(referral.c.body_sealed, lambda row: body_place(row.id)),
    SealedColumn(referral.c.reason_sealed, lambda row: referral_reason_place(row.id)),
    SealedColumn(referral.c.packet_sealed, lambda row: packet_place(row.id)),
    SealedColumn(referral.c.answer_sealed, lambda row: answer_place(row.id)),
    SealedColumn(task.c.title_sealed, lambda row: title_place(row.id)),
    SealedColumn(task.c.note_sealed, lambda row: task_note_place(row.id)),
)
# Under a master key.
UNDER_MASTER_KEYS = (
    SealedColumn(conversation.c.key_wrapped, lambda row: key_place(row.id)),
    SealedColumn(staff.c.totp_sealed, lambda row: totp_place(row.id)),
    SealedColumn(totp_pending.c.secret_sealed, lambda row: pending_place(row.staff_id)),
    SealedColumn(messenger_token.c.body_sealed, lambda row: token_place(row.name)),
)
