package workflows

import (
	"fmt"
	"math/rand/v2" //nolint:depguard // only in a side effect
	"strconv"

	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
)

// ownNames are the placeholders that a run itself answers.
var ownNames = []string{"message_text", "message_text.phone", "message_text.email", "message_text.number", "last_validation_result",
	"manual_input", "current_date", "current_time", "rand", "short_rand", "short_rand_num", "run.id", "bot.id", "bot.name"}

// fleetingNames are those of them that are another each time that they are asked for.
var fleetingNames = []string{"current_date", "current_time", "rand", "short_rand", "short_rand_num"}

// builtin answers the names of a run that no step has set.
func (r *run) builtin(name string) ([]string, bool) {
	switch name {
	case "message_text", "message_text.phone", "message_text.email", "message_text.number":
		return r.heardValue(name), true
	case "origin", "messenger":
		return r.channelKind()
	case "run.id":
		return []string{strconv.FormatInt(r.state.Launch.RunID, 10)}, true
	case "bot.id":
		return []string{strconv.FormatInt(r.state.Launch.BotID, 10)}, true
	case "bot.name":
		return []string{r.document.Name}, true
	case "current_date":
		return []string{workflow.Now(r.ctx).UTC().Format("2006-01-02")}, true
	case "current_time":
		return []string{workflow.Now(r.ctx).UTC().Format("15:04")}, true
	case "rand":
		return []string{strconv.FormatUint(r.chance(), 10)}, true
	case "short_rand":
		return []string{fmt.Sprintf("%06x", r.chance()&0xffffff)}, true
	case "short_rand_num":
		return []string{strconv.FormatUint(1111+r.chance()%8889, 10)}, true
	}
	return nil, false
}

// heardValue is what the newest message gives for the name: of several phones or numbers, the first.
func (r *run) heardValue(name string) []string {
	if r.state.Heard == nil {
		return nil
	}
	return bot.MessageValues(r.state.Heard.Text)[name]
}

// channelKind is the kind of the channel in which the run talks, as far as the run knows it.
func (r *run) channelKind() ([]string, bool) {
	kind := r.state.Launch.ChannelKind
	if kind == "" && r.state.Heard != nil {
		kind = r.state.Heard.ChannelKind
	}
	return []string{kind}, kind != ""
}

// SetValue keeps a value of the run. A run that has too much ends with the step that set it.
func (r *run) SetValue(name string, values ...string) {
	before, had := r.state.Values[name]
	r.state.Values[name] = values
	if !r.c.limitsValues() || sizeOf(r.state.Values) <= maxValues {
		return
	}
	r.excess = fmt.Errorf("the values of a run may take %d KB together, and with %q there would be more: let the service answer with less", maxValues>>10, name)
	if delete(r.state.Values, name); had {
		r.state.Values[name] = before
	}
}

// maxValues bounds, in bytes, the values that a run keeps. They travel with each of its changes.
const maxValues = 256 << 10

func sizeOf(all bot.Values) int {
	size := 0
	for name, values := range all { //workflowcheck:ignore a sum has no order
		size += len(name)
		for _, v := range values {
			size += len(v)
		}
	}
	return size
}

// chance is a number that nobody can guess, and that is the same when the workflow is replayed.
func (r *run) chance() uint64 {
	if !r.c.drawsChance() {
		return r.mixed()
	}
	var drawn uint64
	draw := func(workflow.Context) any { return rand.Uint64() } //workflowcheck:ignore kept in the history
	if err := workflow.SideEffect(r.ctx, draw).Get(&drawn); err != nil {
		panic(err)
	}
	return drawn
}

// mixed is the chance of workflow runs that began earlier: mixed from the run, the visit and the time (splitmix64).
func (r *run) mixed() uint64 {
	z := uint64(workflow.Now(r.ctx).UnixNano()) ^ uint64(r.state.Launch.RunID)<<32 ^ uint64(r.state.Visit)
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
