// Package workflows is the conversation: one durable workflow a lead, the mailbox through which everything that
// concerns the lead's bots passes, and the interpreter that moves runs from step to step.
package workflows

import (
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"salesbot/activities"
	"salesbot/bot"
)

// TaskQueue is where conversations and their activities are worked on.
const TaskQueue = bot.TaskQueue

// Register gives a worker all that it needs to drive conversations. Names are given in full: they are wire names.
func Register(w worker.Registry, a *activities.Activities) {
	w.RegisterWorkflowWithOptions(Conversation, workflow.RegisterOptions{Name: bot.ConversationType})
	w.RegisterWorkflowWithOptions(Delivery, workflow.RegisterOptions{Name: bot.DeliveryType})
	w.RegisterActivity(a)
}

// interpreter is the version of the interpreter's behaviour, for workflow.GetVersion: a change of the order or the kind
// of commands raises it, and the old behaviour stays for conversations that began under it.
//
//	2: sub-bots share the count of steps without a wait with the run that waits for them
//	3: a sub-bot takes over the messages that are kept for the next wait of the run which starts it
//	4: a sub-bot that is started while its parent is held is held, too
//	5: the state is kept in our own database with every change, and a conversation that begins takes up what is there
//	6: chance comes from the system's random numbers and not from the clock, and a run's values have a limit of size. Of visits
//	   that begin under it: reading values is always a verb with a number of its own
const (
	interpreter       = 6
	oldestInterpreter = 1
)
