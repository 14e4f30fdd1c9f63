package steps

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"salesbot/bot"
)

// Kind is an entry of the catalogue.
type Kind struct {
	// Name is a wire name: documents hold it; it is never reused.
	Name string
	// Title and Group are what the builder's palette shows; Help is one sentence.
	Title, Group, Help string
	// Exits are the exits that every step of the kind has. Those that depend on the configuration come from Exiter.
	Exits []Exit
	// Waits says that the step may wait, so that a loop through it is no endless loop.
	Waits bool
	// Secrets are the fields of the configuration in which {{secret.NAME}} may stand: those that an activity sends out.
	Secrets []string
	// Example is a configuration that lints clean; the reference page shows it and tests run it.
	Example string
	// New makes an empty configuration.
	New func() Step
}

// Exit is a way out of a step.
type Exit struct {
	// Name is how documents call it: "next", "button:yes".
	Name  string `json:"name"`
	Title string `json:"title"`
}

// Exiter is a step whose exits depend on its configuration; they come after the kind's own.
type Exiter interface {
	Exits() []Exit
}

// Linker is a step that leads to other steps by its configuration instead of by exits: exit → step id.
type Linker interface {
	Links() map[string]string
}

var kinds = map[string]Kind{}

var kindName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func register(k Kind) {
	if !kindName.MatchString(k.Name) {
		panic(fmt.Sprintf("steps: kind name %q is not lower_snake_case", k.Name))
	}
	if _, taken := kinds[k.Name]; taken {
		panic(fmt.Sprintf("steps: kind %q is registered twice", k.Name))
	}
	kinds[k.Name] = k
}

// Kinds lists the catalogue by name.
func Kinds() []Kind {
	names := slices.Sorted(maps.Keys(kinds))
	list := make([]Kind, len(names))
	for i, name := range names {
		list[i] = kinds[name]
	}
	return list
}

// Lookup finds a kind by name.
func Lookup(name string) (Kind, bool) {
	kind, ok := kinds[name]
	return kind, ok
}

// Decode reads a step's configuration strictly.
func Decode(step bot.Step) (Step, error) {
	kind, ok := kinds[step.Kind]
	if !ok {
		return nil, fmt.Errorf("step %q: there is no kind %q", step.ID, step.Kind)
	}
	config := kind.New()
	raw := step.Config
	if len(raw) == 0 {
		raw = json.RawMessage("{}")
	}
	if err := bot.DecodeStrict(raw, config); err != nil {
		return nil, fmt.Errorf("step %q: config: %w", step.ID, err)
	}
	return config, nil
}

// ExitsOf lists all ways out of a configured step.
func ExitsOf(kind Kind, step Step) []Exit {
	exits := slices.Clone(kind.Exits)
	if own, ok := step.(Exiter); ok {
		exits = append(exits, own.Exits()...)
	}
	return exits
}
