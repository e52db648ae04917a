package slack

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// yaml writes an object, with remarks behind the items of lists.
func yaml(b *strings.Builder, o object, indent string, remarks map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(o)) {
		switch v := o[key].(type) {
		case object:
			fmt.Fprintf(b, "%s%s:\n", indent, key)
			yaml(b, v, indent+"  ", remarks)
		case list:
			if len(v) == 0 {
				fmt.Fprintf(b, "%s%s: []\n", indent, key)
				continue
			}
			fmt.Fprintf(b, "%s%s:\n", indent, key)
			for _, item := range v {
				if o, nested := item.(object); nested {
					fmt.Fprintf(b, "%s  -\n", indent)
					yaml(b, o, indent+"    ", remarks)
					continue
				}
				remark := remarks[fmt.Sprint(item)]
				fmt.Fprintf(b, "%s  - %-24s # %s\n", indent, scalar(item), remark)
			}
		default:
			fmt.Fprintf(b, "%s%s: %s\n", indent, key, scalar(v))
		}
	}
}

// scalar is a value as JSON writes it, which YAML reads too.
func scalar(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}
