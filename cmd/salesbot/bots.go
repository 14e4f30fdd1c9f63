package main

import (
	"errors"
	"fmt"
	"os"

	"salesbot/bot"
	"salesbot/bottest"
	"salesbot/steps"
)

type botLintCmd struct {
	Files []string `arg:"" type:"existingfile" help:"Bot documents."`
}

// Run prints what is wrong with each file and fails if any has an error; warnings alone pass.
func (c botLintCmd) Run() error {
	failed := 0
	for _, file := range c.Files {
		bad, err := lintFile(file)
		if err != nil {
			return err
		}
		if bad {
			failed++
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d files have errors", failed, len(c.Files))
	}
	return nil
}

func lintFile(file string) (bad bool, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return false, err
	}
	document, err := bot.Parse(data)
	if err != nil {
		fmt.Printf("%s: error: %v\n", file, err)
		return true, nil
	}
	issues := steps.Lint(document, steps.Env{})
	for _, issue := range issues {
		fmt.Printf("%s: %s\n", file, issue)
		bad = bad || issue.Level == steps.LevelError
	}
	if len(issues) == 0 {
		fmt.Printf("%s: clean\n", file)
	}
	return bad, nil
}

type botTestCmd struct {
	Files []string `arg:"" type:"existingfile" help:"Scripts: NAME.test.json."`
}

// Run plays the scripts.
func (c botTestCmd) Run() error {
	_, failed, err := bottest.Main(os.Stdout, c.Files)
	if err == nil && failed > 0 {
		err = errors.New("not every case passed")
	}
	return err
}
