// Package bot is the bot document: its graph of steps, what arrives in a conversation's mailbox, placeholders, and
// the rules that need no database, no Temporal and no HTTP.
package bot

import (
	"encoding/json"
	"fmt"
)

// DocumentSchema is the newest version of the document's format. A reader accepts this and older ones.
const DocumentSchema = 1

// Document is a bot as its author draws it and as it is kept in files: a graph of steps. A published version is an
// immutable copy of one.
type Document struct {
	// Schema is the format's version, DocumentSchema.
	Schema int `json:"schema"`
	// Name is shown to people; 1 to 100 characters.
	Name string `json:"name"`
	// Start is the id of the step at which a run begins.
	Start string `json:"start"`
	// Settings say how the bot behaves towards managers and other bots.
	Settings Settings `json:"settings,omitzero"`
	// Steps are the graph's nodes; their order has no meaning.
	Steps []Step `json:"steps"`
	// Layout holds the steps' places on the canvas, by step id. Moving a step changes nothing that runs.
	Layout map[string]Position `json:"layout,omitempty"`
}

// Step is one node of the graph: the envelope that every kind shares. What Config holds is the kind's own.
type Step struct {
	// ID is unique within the document: 1 to 40 characters of a-z, 0-9, _ and -, beginning with a letter.
	ID string `json:"id"`
	// Kind names an entry of the catalogue, such as "message".
	Kind string `json:"kind"`
	// Title is what people see on the canvas, in traces and in Temporal UI; without one the id is shown.
	Title string `json:"title,omitempty"`
	// Config is the kind's configuration.
	Config json.RawMessage `json:"config,omitempty"`
	// Exits lead from the name of an exit to the id of the next step. An exit that leads nowhere ends the run.
	Exits map[string]string `json:"exits,omitempty"`
}

// Position is a place on the canvas in pixels at zoom 1.
type Position struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// Label is what a person calls the step: its title, or its id.
func (s Step) Label() string {
	if s.Title != "" {
		return s.Title
	}
	return s.ID
}

// Parse reads a document strictly: an unknown field is an error, so that a misspelt one is not silently lost.
func Parse(data []byte) (Document, error) {
	var doc Document
	if err := DecodeStrict(data, &doc); err != nil {
		return Document{}, fmt.Errorf("bot document: %w", err)
	}
	if doc.Schema < 1 || doc.Schema > DocumentSchema {
		return Document{}, fmt.Errorf("bot document: schema is %d; this version reads 1 to %d", doc.Schema, DocumentSchema)
	}
	return doc, nil
}

// Find returns the step with that id.
func (d Document) Find(id string) (Step, bool) {
	for _, step := range d.Steps {
		if step.ID == id {
			return step, true
		}
	}
	return Step{}, false
}
