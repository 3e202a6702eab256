{{- define "family.name" -}}
{{ .Release.Name }}-{{ .Chart.Name }}
{{- end }}
