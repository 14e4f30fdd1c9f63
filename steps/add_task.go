package steps

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"salesbot/crm"
)

func init() {
	register(Kind{
		Name: "add_task", Title: "Add task", Group: "Actions",
		Help:    "Gives people a task on the lead with a deadline.",
		Exits:   []Exit{nextExit, failedExit},
		Example: `{"text":"Call {{contact.name}} back: {{last_validation_result}}","type_id":1,"due":{"hours":2}}`,
		New:     func() Step { return new(AddTask) },
	})
}

// AddTask makes a task (Salesbot guide, Add task).
type AddTask struct {
	// What is to be done; it may hold placeholders.
	Text string `json:"text" jsonschema:"minLength=1,maxLength=10000"`
	// The task's type: 1 is a follow-up, 2 a meeting.
	TypeID int64 `json:"type_id,omitempty" jsonschema:"minimum=1,default=1"`
	// Who shall do it, a task each; nobody chosen means the lead's responsible user.
	ResponsibleUserIDs []int64 `json:"responsible_user_ids,omitempty" jsonschema:"maxItems=20"`
	// The deadline, counted from the moment of the step; without one it is the end of 24 hours.
	Due *Delay `json:"due,omitempty"`
	// How long the task takes, in seconds.
	Duration int64 `json:"duration,omitempty" jsonschema:"minimum=0,maximum=86400"`
}

// Run makes one task a responsible user.
func (a *AddTask) Run(ctx workflow.Context, run Run) (string, error) {
	responsible := a.ResponsibleUserIDs
	if len(responsible) == 0 {
		responsible = []int64{0}
	}
	for _, id := range responsible {
		task := a.task(id)
		if err := run.Change(ctx, "AddTask", task, nil); err != nil {
			return afterChange(run, err)
		}
	}
	return exitNext, nil
}

func (a *AddTask) task(responsible int64) crm.NewTask {
	task := crm.NewTask{Text: a.Text, TypeID: a.TypeID, ResponsibleID: responsible, DueSeconds: 24 * 60 * 60, Duration: a.Duration}
	if task.TypeID == 0 {
		task.TypeID = crm.TaskFollowUp
	}
	if a.Due != nil {
		task.DueSeconds = int64(a.Due.Duration().Seconds())
	}
	return task
}

// Check finds what the schema can't say.
func (a *AddTask) Check(env Env) []Problem {
	var problems []Problem
	for i, id := range a.ResponsibleUserIDs {
		if env.Users != nil && !env.Users[id] {
			problems = append(problems, Problem{Code: "unknown_user", Path: fmt.Sprintf("responsible_user_ids.%d", i), Message: fmt.Sprintf("there is no user %d", id), Fix: "choose one of the users, or nobody for the lead's responsible one"})
		}
	}
	return problems
}
