package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pure are the libraries that bot and its verbs may use besides the standard library: none of them touches
// files, networks, clocks or the environment.
var pure = []string{
	"github.com/blevesearch/snowballstem", "github.com/clipperhouse/uax29/v2", "github.com/mtibben/confusables", "golang.org/x/text",
	"github.com/go-text/typesetting", "golang.org/x/image", "gonum.org/v1/gonum/graph",
}

// thinking are the rooms under bot that only think, with those of ours that each may import besides itself. They have no
// store and no context, and every verb may ask them.
var thinking = map[string][]string{
	"bot/failure":         nil,
	"bot/clean":           {"bot"},
	"bot/layout":          {"bot", "bot/clean"},
	"bot/spelling":        nil,
	"bot/blossom":         nil,
	"bot/drawing":         {"bot/graph"},
	"bot/graph":           nil,
	"bot/danger":          nil,
	"bot/identify":        nil,
	"bot/names":           {"bot", "bot/clean", "bot/spelling"},
	"bot/calendar":        {"bot"},
	"bot/language":        {"bot", "bot/calendar", "bot/clean", "bot/spelling"},
	"bot/language/intent": {"bot/spelling"},
	"bot/match":           {"bot/blossom", "bot/spelling"},
	"bot/overhear":        {"bot/match", "bot/spelling"},
}

// atTheEdge are those of the thinking rooms that adapters and storage may ask too: what every network, or every table,
// would otherwise have to do again by itself.
var atTheEdge = []string{"ginnel/bot/clean", "ginnel/bot/failure", "ginnel/bot/layout"}

// impure are the parts of the standard library that bot may not use.
var impure = []string{"os", "net", "syscall", "database/sql", "math/rand", "plugin", "flag", "testing", "log"}

// impureButFor are the exceptions, with their reasons.
var impureButFor = map[string]string{
	"net/url":      "reads addresses, and opens none",
	"log/slog":     "the logger is given",
	"math/rand/v2": "chance comes from a seed that is given",
}

// impureCalls are what even an allowed package may not be asked for.
var impureCalls = map[string]string{
	"time.Now": "", "time.Since": "", "time.Until": "", "time.Sleep": "", "slog.Default": "", "slog.Info": "",
	"slog.Warn": "", "slog.Error": "", "slog.Debug": "", "slog.SetDefault": "",
}

// standIn is the local Slack that tests and newcomers use.
const standIn = "adapters/slack/slackfake"

// TestImports keeps the star: main knows everybody, adapters and storage know bot, and bot knows nobody.
func TestImports(t *testing.T) {
	checked := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != "." || d.Name() == "tools" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		checked++
		for _, wrong := range forbidden(t, filepath.ToSlash(path), string(source)) {
			t.Error(wrong)
		}
		return nil
	})
	if err != nil || checked < 20 {
		t.Fatalf("read %d files: %v", checked, err)
	}
}

// TestForbiddenImportsAreFound shows that TestImports can fail.
func TestForbiddenImportsAreFound(t *testing.T) {
	for _, c := range []struct{ path, imports, body string }{
		{"bot/question/x.go", `"ginnel/storage"`, ""},
		{"bot/question/x.go", `"ginnel/bot/register"`, ""},
		{"bot/x.go", `"ginnel/bot/match"`, ""},
		{"bot/x.go", `"ginnel/bot/language"`, ""},
		{"bot/question/x.go", `"ginnel/bot/talk"`, ""},
		{"bot/match/x.go", `"ginnel/bot"`, ""},
		{"bot/match/x.go", `"ginnel/bot/overhear"`, ""},
		{"bot/overhear/x.go", `"ginnel/bot/question"`, ""},
		{"bot/spelling/x.go", `"ginnel/bot/match"`, ""},
		{"bot/danger/x.go", `"ginnel/bot"`, ""},
		{"bot/match/x.go", `"context"`, ""},
		{"bot/question/x.go", `"os"`, ""},
		{"bot/question/x.go", `"net/http"`, ""},
		{"bot/question/x.go", `"github.com/jmoiron/sqlx"`, ""},
		{"bot/question/x.go", `"time"`, "var _ = time.Now()"},
		{"storage/x.go", `"ginnel/bot/match"`, ""},
		{"storage/x.go", `"ginnel/adapters/web"`, ""},
		{"storage/x.go", `"ginnel/bot/names"`, ""},
		{"adapters/slack/x.go", `"ginnel/bot/language"`, ""},
		{"bot/failure/x.go", `"ginnel/bot"`, ""},
		{"adapters/slack/slackfake/x.go", `"ginnel/bot/failure"`, ""},
		{"adapters/slack/x.go", `"ginnel/storage"`, ""},
		{"adapters/slack/x.go", `"ginnel/adapters/terminal"`, ""},
		{"adapters/slack/x.go", `"ginnel/adapters/slack/slackfake"`, ""},
		{"adapters/slack/slackfake/x.go", `"ginnel/bot"`, ""},
		{"adapters/slack/slackfake/x.go", `"github.com/slack-go/slack"`, ""},
		{"bot/register/x_test.go", `"ginnel/storage"`, ""},
	} {
		source := "package x\nimport " + c.imports + "\n" + c.body + "\n"
		if len(forbidden(t, c.path, source)) == 0 {
			t.Errorf("%s may import %s", c.path, c.imports)
		}
	}
	if wrong := forbidden(t, "bot/question/x.go", "package x\nimport (\n\"time\"\n\"ginnel/bot\"\n\"ginnel/bot/language\"\n\"ginnel/bot/match\"\n)\n"); wrong != nil {
		t.Error(wrong)
	}
}

func forbidden(t *testing.T, path, source string) (wrong []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	test := strings.HasSuffix(path, "_test.go")
	for _, spec := range file.Imports {
		name := strings.Trim(spec.Path.Value, `"`)
		if reason := mayImport(path, name, test); reason != "" {
			wrong = append(wrong, path+" imports "+name+": "+reason)
		}
	}
	if !strings.HasPrefix(path, "bot/") || test {
		return wrong
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok {
				if _, bad := impureCalls[x.Name+"."+s.Sel.Name]; bad {
					wrong = append(wrong, path+" calls "+x.Name+"."+s.Sel.Name+": the time and the logger are given")
				}
			}
		}
		return true
	})
	return wrong
}

// mayImport returns why the file at path must not import name, or "".
func mayImport(path, name string, test bool) string {
	folder := filepath.ToSlash(filepath.Dir(path))
	ours := strings.HasPrefix(name, "ginnel/")
	may, thinks := thinking[folder]
	switch {
	case folder == ".", test && name == "ginnel/"+folder:
		return ""
	case thinks && ours:
		if slices.Contains(may, strings.TrimPrefix(name, "ginnel/")) {
			return ""
		}
		return "a room that only thinks needs nothing of ours but what it names"
	case thinks && !test && name == "context":
		return "a room that only thinks waits for nothing"
	case folder == "bot" && ours:
		return "the dictionary knows nobody of ours"
	case strings.HasPrefix(folder, "bot/") && ours:
		// Samples and sheets meet in a test only.
		_, pure := thinking[strings.TrimPrefix(name, "ginnel/")]
		if name == "ginnel/bot" || pure || test && folder == "bot/sample" && name == "ginnel/bot/register" {
			return ""
		}
		return "verbs know the dictionary and the rooms that only think, never each other"
	case (folder == "storage" || strings.HasPrefix(folder, "adapters/") && !strings.HasPrefix(folder, standIn)) && slices.Contains(atTheEdge, name):
		return ""
	case folder == "storage/storagetest":
		if ours && name != "ginnel/storage" && name != "ginnel/bot" {
			return "it opens databases for tests, no more"
		}
		return ""
	case folder == "storage" && ours:
		if name == "ginnel/bot" || test && name == "ginnel/storage/storagetest" || test && name == "ginnel/storage" {
			return ""
		}
		return "storage knows the dictionary only, and the rooms at the edge"
	case strings.HasPrefix(folder, standIn):
		// The stand-in shares no code with what it tests, or a mistake in both would not show.
		if !ours && !strings.HasPrefix(name, "github.com/slack-go/") || test || folder != standIn && name == "ginnel/"+standIn {
			return ""
		}
		return "a stand-in knows nothing of what it stands before"
	case folder == "adapters/slack" && test && name == "ginnel/"+standIn:
		return ""
	case strings.HasPrefix(folder, "adapters/") && ours:
		if name == "ginnel/bot" || strings.HasPrefix("ginnel/"+folder, name+"/") || test && (name == "ginnel/adapters/adaptertest" || strings.HasPrefix(name+"/", "ginnel/"+folder+"/")) {
			return ""
		}
		return "an adapter knows the dictionary only, and the rooms at the edge"
	}
	if !strings.HasPrefix(folder+"/", "bot/") || test {
		return ""
	}
	if first, _, _ := strings.Cut(name, "/"); strings.Contains(first, ".") {
		for _, p := range pure {
			if name == p || strings.HasPrefix(name, p+"/") {
				return ""
			}
		}
		return "it is not among the pure libraries"
	}
	if _, excepted := impureButFor[name]; excepted {
		return ""
	}
	for _, i := range impure {
		if name == i || strings.HasPrefix(name, i+"/") {
			return "bot reads no files, networks, clocks or environment"
		}
	}
	return ""
}
