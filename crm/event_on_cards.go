package crm

// What is tied to cards: tags, links, tasks and notes.

// TagAddedEvent tells that a card got a tag.
type TagAddedEvent struct {
	Card Entity
	Tag  Tag
}

// Type is entity_tag_added.
func (TagAddedEvent) Type() EventType { return TagAdded }

func (f TagAddedEvent) record() record {
	return about(f.Card).with(nil, &EventValue{Tag: &TagPart{f.Tag.ID, f.Tag.Name}})
}

// TagDeletedEvent tells that a card lost a tag.
type TagDeletedEvent struct {
	Card Entity
	Tag  Tag
}

// Type is entity_tag_deleted.
func (TagDeletedEvent) Type() EventType { return TagDeleted }

func (f TagDeletedEvent) record() record {
	return about(f.Card).with(&EventValue{Tag: &TagPart{f.Tag.ID, f.Tag.Name}}, nil)
}

// EntityLinkedEvent tells that a card was linked with another one.
type EntityLinkedEvent struct{ Card, To Entity }

// Type is entity_linked.
func (EntityLinkedEvent) Type() EventType { return EntityLinked }

func (f EntityLinkedEvent) record() record {
	return about(f.Card).with(nil, &EventValue{Link: linkPart(f.To)})
}

// EntityUnlinkedEvent tells that a card was taken off another one.
type EntityUnlinkedEvent struct{ Card, From Entity }

// Type is entity_unlinked.
func (EntityUnlinkedEvent) Type() EventType { return EntityUnlinked }

func (f EntityUnlinkedEvent) record() record {
	return about(f.Card).with(&EventValue{Link: linkPart(f.From)}, nil)
}

func aboutTask(task Task) record {
	r := record{entityType: "tasks", entityID: task.ID}
	if task.EntityType == Leads {
		r.leadID = task.EntityID
	}
	return r
}

func taskValue(task Task) *EventValue {
	return &EventValue{Task: &TaskPart{Text: task.Text, CompleteTill: task.CompleteTill.Unix(), IsCompleted: task.IsCompleted, Result: task.Result}}
}

// TaskAddedEvent tells of a new task.
type TaskAddedEvent struct{ Task Task }

// Type is task_added.
func (TaskAddedEvent) Type() EventType { return TaskAdded }

func (f TaskAddedEvent) record() record { return aboutTask(f.Task).with(nil, taskValue(f.Task)) }

// TaskChangedEvent tells of a task's changes other than that it was completed.
type TaskChangedEvent struct{ Before, After Task }

// Type is task_changed.
func (TaskChangedEvent) Type() EventType { return TaskChanged }

func (f TaskChangedEvent) record() record {
	return aboutTask(f.After).with(taskValue(f.Before), taskValue(f.After))
}

// TaskCompletedEvent tells that a task was completed.
type TaskCompletedEvent struct{ Before, After Task }

// Type is task_completed.
func (TaskCompletedEvent) Type() EventType { return TaskCompleted }

func (f TaskCompletedEvent) record() record {
	return aboutTask(f.After).with(taskValue(f.Before), taskValue(f.After))
}

// TaskDeletedEvent tells of a task that was deleted.
type TaskDeletedEvent struct{ Task Task }

// Type is task_deleted.
func (TaskDeletedEvent) Type() EventType { return TaskDeleted }

func (f TaskDeletedEvent) record() record { return aboutTask(f.Task).with(taskValue(f.Task), nil) }

func aboutNote(note Note) record {
	return about(Entity{note.EntityType, note.EntityID}).with(nil, &EventValue{Note: &NotePart{note.ID}})
}

// NoteAddedEvent tells of a new note.
type NoteAddedEvent struct{ Note Note }

// Type is common_note_added.
func (NoteAddedEvent) Type() EventType { return NoteAdded }

func (f NoteAddedEvent) record() record { return aboutNote(f.Note) }

// NoteChangedEvent tells of a note's changes.
type NoteChangedEvent struct{ Note Note }

// Type is note_changed.
func (NoteChangedEvent) Type() EventType { return NoteChanged }

func (f NoteChangedEvent) record() record { return aboutNote(f.Note) }

// NoteDeletedEvent tells of a note that was deleted.
type NoteDeletedEvent struct{ Note Note }

// Type is note_deleted.
func (NoteDeletedEvent) Type() EventType { return NoteDeleted }

func (f NoteDeletedEvent) record() record { return aboutNote(f.Note) }
