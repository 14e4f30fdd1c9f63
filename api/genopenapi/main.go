// Command genopenapi writes the API's description to the file that it is told.
package main

import (
	"fmt"
	"os"

	"salesbot/api"
)

func main() {
	if err := write(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write() error {
	if len(os.Args) != 2 {
		return fmt.Errorf("usage: genopenapi FILE")
	}
	document, err := api.OpenAPI()
	if err != nil {
		return err
	}
	const readable = 0o644
	return os.WriteFile(os.Args[1], append(document, '\n'), readable)
}
