// Package web holds the built web app and the built live chat widget. Both folders hold a placeholder in the
// repository, so that Go builds before npm did; Built tells the two cases apart.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var appFiles embed.FS

//go:embed all:widget/dist
var widgetFiles embed.FS

// App is the web app: index.html and assets/ with hashed names that may be cached for ever.
func App() fs.FS { return under(appFiles, "dist") }

// Widget is the live chat: its loader and its panel.
func Widget() fs.FS { return under(widgetFiles, "widget/dist") }

// Built says whether npm run build has filled the app's folder.
func Built() bool {
	_, err := fs.Stat(App(), "index.html")
	return err == nil
}

// under cannot fail: the folders are named in the embed directives, so the compiler has checked them.
func under(files embed.FS, folder string) fs.FS {
	sub, err := fs.Sub(files, folder)
	if err != nil {
		panic(err)
	}
	return sub
}
