package crm

import "strings"

// Fold is the form in which names are compared: lower case, single spaces, none at the ends.
func Fold(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }

// The longest texts of a card, in characters.
const (
	MaxName      = 250
	MaxFieldText = 65535
	MaxNoteText  = 65535
	MaxTaskText  = 65535
)
