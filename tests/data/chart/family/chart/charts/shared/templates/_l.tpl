{{- define "shared.labels" -}}
app: {{ .Chart.Name }}
{{- end -}}
