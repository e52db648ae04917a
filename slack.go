package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"ginnel/adapters/slack"
	"ginnel/bot"
	"ginnel/storage"
)

// slackSettings are how the bot reaches its Slack workspaces. A secret can stand in a file.
type slackSettings struct {
	BotToken          string `help:"The app's bot token." env:"SLACK_BOT_TOKEN" placeholder:"xoxb-…"`
	BotTokenFile      string `help:"File that holds it." env:"SLACK_BOT_TOKEN_FILE" type:"path" placeholder:"FILE"`
	AppToken          string `help:"An app-level token with connections:write, for Socket Mode." env:"SLACK_APP_TOKEN" placeholder:"xapp-…"`
	AppTokenFile      string `help:"File that holds it." env:"SLACK_APP_TOKEN_FILE" type:"path" placeholder:"FILE"`
	SigningSecret     string `help:"The app's signing secret, for events over HTTP instead." env:"SLACK_SIGNING_SECRET" placeholder:"SECRET"`
	SigningSecretFile string `help:"File that holds it." env:"SLACK_SIGNING_SECRET_FILE" type:"path" placeholder:"FILE"`
	Listen            string `help:"Address on which events over HTTP are taken, behind a server that speaks HTTPS." env:"SLACK_LISTEN" default:"127.0.0.1:8478" placeholder:"ADDRESS"`
	Workspaces        string `help:"File with one workspace a line, when there are several: bot-file=FILE app-file=FILE" env:"SLACK_WORKSPACES" type:"path" placeholder:"FILE"`
	URL               string `name:"api-url" help:"Address of another server that speaks as Slack does." env:"GINNEL_SLACK_API_URL" placeholder:"https://…/api/"`
}

// workspace is where the secrets of one app stand: themselves, or the names of files.
type workspace struct {
	bot, app, signing             string
	botFile, appFile, signingFile string
	listen                        string
}

// tokens reads them.
func (w workspace) tokens() (t slack.Tokens, err error) {
	var errs [3]error
	t.Bot, errs[0] = secret(w.bot, w.botFile)
	t.App, errs[1] = secret(w.app, w.appFile)
	t.Signing, errs[2] = secret(w.signing, w.signingFile)
	if err = errors.Join(errs[:]...); err == nil && t.App == "" && t.Signing == "" {
		err = errors.New("beside Slack's bot token SLACK_APP_TOKEN is wanted, or SLACK_SIGNING_SECRET for events over HTTP")
	}
	return t, err
}

// workspaces are those that are configured.
func (s slackSettings) workspaces() ([]workspace, error) {
	var all []workspace
	if s.BotToken != "" || s.BotTokenFile != "" {
		all = append(all, workspace{s.BotToken, s.AppToken, s.SigningSecret, s.BotTokenFile, s.AppTokenFile, s.SigningSecretFile, s.Listen})
	}
	if s.Workspaces == "" {
		return all, nil
	}
	file, err := os.Open(s.Workspaces)
	if err != nil {
		return nil, fmt.Errorf("the file of Slack's workspaces cannot be read: %w", err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		w := workspace{}
		for _, word := range strings.Fields(line) {
			name, value, _ := strings.Cut(word, "=")
			field := map[string]*string{
				"bot": &w.bot, "app": &w.app, "signing": &w.signing, "bot-file": &w.botFile, "app-file": &w.appFile,
				"signing-file": &w.signingFile, "listen": &w.listen,
			}[name]
			if field == nil || value == "" {
				return nil, fmt.Errorf("%s, line %d: want words such as bot-file=FILE app-file=FILE, or bot=xoxb-… app=xapp-…", s.Workspaces, n)
			}
			*field = value
		}
		all = append(all, w)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("the file of Slack's workspaces cannot be read: %w", err)
	}
	return all, nil
}

// connectSlack makes a connect for each workspace. A token given twice is refused: Slack would tell each of the two a part.
func (p *program) connectSlack() ([]connect, error) {
	all, err := p.cli.SlackAccount.workspaces()
	if err != nil {
		return nil, err
	}
	var connects []connect
	known := map[string]bool{}
	for _, w := range all {
		// What cannot be read now is told when it is wanted.
		t, _ := w.tokens()
		for _, token := range []string{t.Bot, t.App} {
			if token != "" && known[token] {
				return nil, errors.New("a Slack token is given twice; each workspace wants an app of its own, with tokens of its own")
			}
			known[token] = true
		}
		connects = append(connects, func(db *storage.DB) (bot.Adapter, error) { return p.workspace(db, w) })
	}
	return connects, nil
}

// workspace makes the adapter of one workspace. Which that is, is asked of Slack once and kept by the app that the token is of.
// When Slack does not answer, its error is one of bot.SendWait.
func (p *program) workspace(db *storage.DB, w workspace) (bot.Adapter, error) {
	t, err := w.tokens()
	if err != nil {
		return nil, err
	}
	o := slack.Options{APIURL: p.cli.SlackAccount.URL, Listen: w.listen, Tokens: w.tokens, Log: p.log, Now: p.now}
	const patience = 20 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	keep, name := db.Settings("slack"), "workspace/"+appOf(t)
	kept, err := keep.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	if o.Network = bot.Network(kept); kept == "" {
		if o.Network, err = slack.Identify(ctx, o); err != nil {
			return nil, err
		}
		if err := keep.Put(ctx, name, string(o.Network)); err != nil {
			return nil, err
		}
	}
	return slack.New(o)
}

// appOf names the app of tokens: an app token says it, and is the same when the app is installed again.
func appOf(t slack.Tokens) string {
	if parts := strings.Split(t.App, "-"); len(parts) > 2 {
		return parts[2]
	}
	sum := sha256.Sum256([]byte(t.Bot))
	return hex.EncodeToString(sum[:8])
}

type slackCommand struct {
	Manifest slackManifestCommand `cmd:"" help:"Print what Slack wants to know of the app, to be pasted at api.slack.com/apps."`
}

type slackManifestCommand struct {
	Hear    bool   `name:"listen" help:"Let it hear what is said in the public channels that it is in, so that “listen here” works."`
	Address string `help:"Where Slack posts events, when there is no Socket Mode." placeholder:"https://…"`
	JSON    bool   `name:"json" help:"In JSON, without the reasons."`
}

// Run prints the manifest.
func (c slackManifestCommand) Run(p *program) error {
	print := slack.Manifest
	if c.JSON {
		print = slack.ManifestJSON
	}
	fmt.Fprint(p.out, print(c.Hear, c.Address))
	return nil
}
