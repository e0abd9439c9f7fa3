// Writes shared/render/built-in-kinds.json: the kinds that Kubernetes' client libraries know, their scope, and for each
// list of theirs how a strategic merge patch treats it. Usage: go run . FOLDER > built-in-kinds.json, where FOLDER is
// api/discovery of the k8s.io/kubernetes module.
package main

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"

	"k8s.io/client-go/kubernetes/scheme"
)

// field says how a member is patched; absent members of a type are plain: maps merge, lists are replaced.
type field struct {
	Key        string `json:"key,omitempty"`
	Merge      bool   `json:"merge,omitempty"`
	RetainKeys bool   `json:"retainKeys,omitempty"`
	Replace    bool   `json:"replace,omitempty"`
	Type       string `json:"type,omitempty"`
}

var types = map[string]map[string]field{}

// describe returns the name under which a struct is written, or "" for what is none of the API's.
func describe(t reflect.Type) string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	isAPI := strings.HasPrefix(t.PkgPath(), "k8s.io/api/") || strings.HasSuffix(t.PkgPath(), "/meta/v1")
	if t.Kind() != reflect.Struct || !isAPI || t.Name() == "FieldsV1" {
		return ""
	}
	name := strings.TrimPrefix(strings.TrimPrefix(t.PkgPath(), "k8s.io/api/"), "k8s.io/apimachinery/pkg/apis/") + "." + t.Name()
	if types[name] == nil {
		types[name] = map[string]field{}
		collect(t, types[name])
	}
	return name
}

// prune drops members that say nothing, and then the types that have none left, until nothing changes.
func prune() {
	for changed := true; changed; {
		changed = false
		for name, fields := range types {
			for key, f := range fields {
				if f.Type != "" && types[f.Type] == nil {
					f.Type = ""
					fields[key] = f
				}
				if f == (field{}) {
					delete(fields, key)
				}
			}
			if len(fields) == 0 {
				delete(types, name)
				changed = true
			}
		}
	}
}

func collect(t reflect.Type, fields map[string]field) {
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		tag := strings.Split(f.Tag.Get("json"), ",")
		if f.Anonymous && tag[0] == "" {
			collect(f.Type, fields)
			continue
		}
		if tag[0] == "" || tag[0] == "-" {
			continue
		}
		strategies := strings.Split(f.Tag.Get("patchStrategy"), ",")
		described := field{Key: f.Tag.Get("patchMergeKey"), Type: describe(f.Type)}
		for _, s := range strategies {
			described.Merge = described.Merge || s == "merge"
			described.RetainKeys = described.RetainKeys || s == "retainKeys"
			described.Replace = described.Replace || s == "replace"
		}
		fields[tag[0]] = described
	}
}

// readScopes returns, by group and kind, whether a kind is "Namespaced" or "Cluster".
func readScopes(folder string) map[string]map[string]string {
	scopes := map[string]map[string]string{"": {}}
	var groups struct {
		Items []struct {
			Metadata struct{ Name string }
			Versions []struct {
				Resources []struct {
					ResponseKind struct{ Kind string }
					Scope        string
				}
			}
		}
	}
	readJSON(folder+"/aggregated_v2.json", &groups)
	for _, group := range groups.Items {
		byKind := map[string]string{}
		for _, version := range group.Versions {
			for _, resource := range version.Resources {
				byKind[resource.ResponseKind.Kind] = resource.Scope
			}
		}
		scopes[group.Metadata.Name] = byKind
	}
	var core struct {
		Resources []struct {
			Name, Kind string
			Namespaced bool
		}
	}
	readJSON(folder+"/api__v1.json", &core)
	for _, resource := range core.Resources {
		if strings.Contains(resource.Name, "/") {
			continue
		}
		scopes[""][resource.Kind] = map[bool]string{true: "Namespaced", false: "Cluster"}[resource.Namespaced]
	}
	scopes["extensions"] = map[string]string{"Deployment": "Namespaced", "DaemonSet": "Namespaced", "ReplicaSet": "Namespaced", "Ingress": "Namespaced", "NetworkPolicy": "Namespaced"}
	return scopes
}

func readJSON(name string, into any) {
	data, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		panic(err)
	}
}

func main() {
	kinds := map[string]map[string]string{}
	for gvk, t := range scheme.Scheme.AllKnownTypes() {
		isObject := strings.HasPrefix(t.PkgPath(), "k8s.io/api/")
		if gvk.Version == "__internal" || strings.HasSuffix(gvk.Kind, "List") || strings.HasSuffix(gvk.Kind, "Options") || !isObject {
			continue
		}
		apiVersion := gvk.GroupVersion().String()
		if kinds[apiVersion] == nil {
			kinds[apiVersion] = map[string]string{}
		}
		kinds[apiVersion][gvk.Kind] = describe(t)
	}
	prune()
	for _, byKind := range kinds {
		for kind, name := range byKind {
			if types[name] == nil {
				byKind[kind] = ""
			}
		}
	}
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(map[string]any{"kinds": kinds, "types": types, "scopes": readScopes(os.Args[1])}); err != nil {
		panic(err)
	}
}
