package main

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"ginnel/bot"
	"ginnel/storage/storagetest"
)

// kindsOfPosts are all that verbs and talk say beside the answer to a message: how the key begins, or what makes it, and the occasion
// on which whoever reads it is told. What is said to rooms, or to several, or at once, is told to everybody.
var kindsOfPosts = map[string]string{
	"proposalKey": "occasion(i)", // and to the stand-in

	"stopped/": "", "claim/%d/%d": "", "limit/%s/%s/%d": "", "watch/": "why", "absent": "",
	"bundle/": "Weekly",
	"thanks/": "Unprompted", "overheard": "Unprompted",
	"sideKey": "Owed", "known/": "Owed", "lapsed/": "Owed", "ungathered/%d/%s": "Owed", "claim/": "Owed", "takeaway/%s/%d": "Owed",
	"takeover/%d/%d": "Owed", "report/": "Owed", "report/%d/closed": "Owed", "need": "Owed", "linked/": "Owed",

	"madeKey": "several", "gathered/%d/%s": "several", "digest/": "room", "listening": "room",
	"changed/": "at once", "reply/": "at once", "home/": "at once", "answered": "at once", "welcome/": "at once", "unread/": "at once", "picture/": "at once",
}

// TestEveryPostHasAnOccasion reads the code: every post that is made anywhere is of a kind that is listed above, with the occasion it
// has there, so that a new one is thought about.
func TestEveryPostHasAnOccasion(t *testing.T) {
	// Keys that are made elsewhere, by file.
	named := map[string]string{
		"bot/introduce/lapse.go": "lapsed/", "bot/question/thank.go": "thanks/", "bot/question/watch.go key": "watch/", "bot/question/watch.go m": "need",
		"bot/digest/bundle.go": "bundle/", "bot/digest/absent.go": "absent", "bot/question/listen.go m": "listening", "bot/talk/answered.go": "answered",
	}
	seen := map[string]bool{}
	err := filepath.WalkDir("bot", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			literal, ok := n.(*ast.CompositeLit)
			if !ok || !strings.HasSuffix(typeOf(literal), "bot.Post") {
				return true
			}
			for _, one := range posts(literal) {
				if len(one.Elts) == 0 {
					continue
				}
				values := map[string]ast.Expr{}
				for _, e := range one.Elts {
					if pair, ok := e.(*ast.KeyValueExpr); ok {
						values[fmt.Sprint(pair.Key)] = pair.Value
					}
				}
				first, root := begins(values["Key"])
				if first == "" {
					if first = named[path]; first == "" {
						first = named[path+" "+root]
					}
				}
				if path == "bot/question/listen.go" && first == "reply/" {
					first = "overheard"
				}
				want, known := kindsOfPosts[first]
				if !known {
					t.Errorf("%s: a post with the key %q is of no kind that is listed", path, first)
					continue
				}
				seen[first] = true
				switch want {
				case "several", "room", "at once":
				default:
					if got := strings.TrimPrefix(written(values["Why"]), "bot."); got != want {
						t.Errorf("%s: %q is said on the occasion %q, not %q", path, first, got, want)
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for kind := range kindsOfPosts {
		if !seen[kind] {
			t.Errorf("nobody makes %q", kind)
		}
	}
}

// typeOf is the type of a literal as it is written.
func typeOf(l *ast.CompositeLit) string {
	if list, ok := l.Type.(*ast.ArrayType); ok {
		return written(list.Elt)
	}
	return written(l.Type)
}

// posts are the posts in a literal, which may be a list of them.
func posts(l *ast.CompositeLit) (all []*ast.CompositeLit) {
	if _, ok := l.Type.(*ast.ArrayType); !ok {
		return []*ast.CompositeLit{l}
	}
	for _, e := range l.Elts {
		if one, ok := e.(*ast.CompositeLit); ok && one.Type == nil {
			all = append(all, one)
		}
	}
	return all
}

func written(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return written(e.X) + "." + e.Sel.Name
	case *ast.CallExpr:
		var args []string
		for _, a := range e.Args {
			args = append(args, written(a))
		}
		return written(e.Fun) + "(" + strings.Join(args, ", ") + ")"
	}
	return ""
}

// begins is the text or the function with which a key is made, and otherwise the variable it begins with.
func begins(e ast.Expr) (text, root string) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if text == "" && root == "" {
				text, _ = strconv.Unquote(n.Value)
			}
		case *ast.CallExpr:
			if f := written(n.Fun); strings.HasSuffix(f, "Key(") || strings.HasSuffix(strings.SplitN(f, "(", 2)[0], "Key") && text == "" && !strings.Contains(f, ".") {
				text = f
			}
		case *ast.Ident:
			if text == "" && root == "" && n.Name != "fmt" && n.Name != "Sprintf" && n.Name != "string" && n.Name != "Sprint" {
				root = n.Name
			}
		}
		return true
	})
	return text, root
}

// TestStoppedIsStopped has every kind of post meet every way of saying stop: what is not wanted any more is not said, be it stored
// before or after, and what answers the person is.
func TestStoppedIsStopped(t *testing.T) {
	all := []bot.Occasion{bot.OnBehalfOf, bot.Owed, bot.Unprompted, bot.Weekly}
	for text, heard := range map[string][]bot.Occasion{
		"stop everything":          {bot.Owed},
		"stop messaging me":        {bot.Owed},
		"stop nudges":              {bot.OnBehalfOf, bot.Owed},
		"pause until 1 March":      {bot.OnBehalfOf, bot.Owed},
		"I'm away until 9 January": {bot.OnBehalfOf, bot.Owed},
		"stop the digest":          all,
		"help":                     all,
	} {
		t.Run(text, func(t *testing.T) {
			storagetest.Each(t, func(t *testing.T, url string) {
				k := newConversation(t, url)
				k.given("organisations:", []string{"name,postcode,offers,needs,speaks", "Tally Trust,QX2,annual accounts,,Tom"})
				post := func(when string, at time.Time) (posts []bot.Post) {
					for _, why := range all {
						word := bot.Lines(bot.Text(fmt.Sprintf("<%s %s>", when, why)))
						posts = append(posts, bot.Post{Key: fmt.Sprint(when, why), Where: bot.Private(k.speaker("Tom")), Reply: word, Urgency: bot.News, Why: why, NotBefore: at})
					}
					return posts
				}
				put := func(posts []bot.Post) {
					m := bot.Later("test", posts[0].Key, k.now, "")
					if _, err := k.db.PutMessage(t.Context(), m, k.now); err != nil {
						t.Fatal(err)
					}
					taken, err := k.db.HandleMessage(t.Context(), m.Key(), k.now, func(context.Context) (bot.Answer, error) { return bot.Answer{Posts: posts}, nil })
					if err != nil || !taken {
						t.Fatal(taken, err)
					}
				}
				put(post("before", k.now.Add(time.Hour)))
				k.say("Tom", "", true, text)
				reply := k.settle()
				put(post("after", k.now))
				k.until(k.now.Add(2 * time.Hour))
				k.say("Tom", "", true, "help")
				said := k.settle()
				for _, s := range k.said {
					said += s.post.Reply.Plain()
				}
				for _, when := range []string{"before", "after"} {
					for _, why := range all {
						want := false
						for _, h := range heard {
							want = want || h == why
						}
						if got := strings.Contains(said, fmt.Sprintf("<%s %s>", when, why)); got != want {
							t.Errorf("stored %s it, %q is said: %v, after: %s", when, why, got, reply)
						}
					}
				}
				if !strings.Contains(said, "who can help") {
					t.Errorf("help is not answered: %s", said)
				}
			})
		})
	}
}
