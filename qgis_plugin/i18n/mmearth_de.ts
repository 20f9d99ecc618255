<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>AccuracyForm</name>
    <message>
        <source>Class field</source>
        <translation>Klassenfeld</translation>
    </message>
    <message>
        <source>Map and sample</source>
        <translation>Karte und Stichprobe</translation>
    </message>
    <message>
        <source>The class map to be assessed</source>
        <translation>Die Klassenkarte, die geprüft werden soll</translation>
    </message>
    <message>
        <source>Random points, shared among the map's classes by area but with a minimum for small classes</source>
        <translation>Zufallspunkte, nach Flächenanteil auf die Klassen der Karte verteilt, mit einer Mindestzahl für kleine Klassen</translation>
    </message>
    <message>
        <source>Draw reference sample</source>
        <translation>Referenzstichprobe ziehen</translation>
    </message>
    <message>
        <source>One sample, one table and one report of the maps of all places of the working set, as of one map</source>
        <translation>Eine Stichprobe, eine Tabelle und ein Bericht über die Karten aller Orte des Arbeitssatzes, wie von einer Karte</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>Karte</translation>
    </message>
    <message>
        <source>Points</source>
        <translation>Punkte</translation>
    </message>
    <message>
        <source>All {} places together</source>
        <translation>Alle {} Orte zusammen</translation>
    </message>
    <message>
        <source>One map of {0}, in {1}.</source>
        <translation>Eine Karte aus {0}, in {1}.</translation>
    </message>
    <message>
        <source>Reference and labelling</source>
        <translation>Referenz und Bestimmung</translation>
    </message>
    <message>
        <source>Points or polygons whose class is known from another source than the map</source>
        <translation>Punkte oder Polygone, deren Klasse aus einer anderen Quelle als der Karte bekannt ist</translation>
    </message>
    <message>
        <source>The field with the class: its name, or its value on the map</source>
        <translation>Das Feld mit der Klasse: ihr Name oder ihr Wert in der Karte</translation>
    </message>
    <message>
        <source>Reference</source>
        <translation>Referenz</translation>
    </message>
    <message>
        <source>Accuracy and areas</source>
        <translation>Genauigkeit und Flächen</translation>
    </message>
    <message>
        <source>Assess</source>
        <translation>Auswerten</translation>
    </message>
    <message>
        <source>Accuracy of the map and areas of its classes, with 95 % intervals</source>
        <translation>Genauigkeit der Karte und Flächen ihrer Klassen, mit 95-%-Intervallen</translation>
    </message>
    <message>
        <source>Save report…</source>
        <translation>Bericht speichern…</translation>
    </message>
    <message>
        <source>A page (HTML) or a document (PDF) with the map, its accuracy and its origin</source>
        <translation>Eine Seite (HTML) oder ein Dokument (PDF) mit der Karte, ihrer Genauigkeit und ihrer Herkunft</translation>
    </message>
    <message>
        <source>Print layout</source>
        <translation>Drucklayout</translation>
    </message>
    <message>
        <source>Lay the map out on a sheet with legend, scale and origin; of several places that of the one in view</source>
        <translation>Die Karte mit Legende, Maßstab und Herkunft auf ein Blatt setzen; bei mehreren Orten die des Orts in der Ansicht</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Stop what is running</source>
        <translation>Anhalten, was gerade läuft</translation>
    </message>
</context>
<context>
    <name>AccuracyPanel</name>
    <message>
        <source>Class field</source>
        <translation>Klassenfeld</translation>
    </message>
    <message>
        <source>Map and sample</source>
        <translation>Karte und Stichprobe</translation>
    </message>
    <message>
        <source>The class map to be assessed</source>
        <translation>Die Klassenkarte, die geprüft werden soll</translation>
    </message>
    <message>
        <source>Random points, shared among the map's classes by area but with a minimum for small classes</source>
        <translation>Zufallspunkte, nach Flächenanteil auf die Klassen der Karte verteilt, mit einer Mindestzahl für kleine Klassen</translation>
    </message>
    <message>
        <source>Draw reference sample</source>
        <translation>Referenzstichprobe ziehen</translation>
    </message>
    <message>
        <source>One sample, one table and one report of the maps of all places of the working set, as of one map</source>
        <translation>Eine Stichprobe, eine Tabelle und ein Bericht über die Karten aller Orte des Arbeitssatzes, wie von einer Karte</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>Karte</translation>
    </message>
    <message>
        <source>Points</source>
        <translation>Punkte</translation>
    </message>
    <message>
        <source>All {} places together</source>
        <translation>Alle {} Orte zusammen</translation>
    </message>
    <message>
        <source>One map of {0}, in {1}.</source>
        <translation>Eine Karte aus {0}, in {1}.</translation>
    </message>
    <message>
        <source>Reference and labelling</source>
        <translation>Referenz und Bestimmung</translation>
    </message>
    <message>
        <source>Points or polygons whose class is known from another source than the map</source>
        <translation>Punkte oder Polygone, deren Klasse aus einer anderen Quelle als der Karte bekannt ist</translation>
    </message>
    <message>
        <source>The field with the class: its name, or its value on the map</source>
        <translation>Das Feld mit der Klasse: ihr Name oder ihr Wert in der Karte</translation>
    </message>
    <message>
        <source>Reference</source>
        <translation>Referenz</translation>
    </message>
    <message>
        <source>Accuracy and areas</source>
        <translation>Genauigkeit und Flächen</translation>
    </message>
    <message>
        <source>Assess</source>
        <translation>Auswerten</translation>
    </message>
    <message>
        <source>Accuracy of the map and areas of its classes, with 95 % intervals</source>
        <translation>Genauigkeit der Karte und Flächen ihrer Klassen, mit 95-%-Intervallen</translation>
    </message>
    <message>
        <source>Save report…</source>
        <translation>Bericht speichern…</translation>
    </message>
    <message>
        <source>A page (HTML) or a document (PDF) with the map, its accuracy and its origin</source>
        <translation>Eine Seite (HTML) oder ein Dokument (PDF) mit der Karte, ihrer Genauigkeit und ihrer Herkunft</translation>
    </message>
    <message>
        <source>Print layout</source>
        <translation>Drucklayout</translation>
    </message>
    <message>
        <source>Lay the map out on a sheet with legend, scale and origin; of several places that of the one in view</source>
        <translation>Die Karte mit Legende, Maßstab und Herkunft auf ein Blatt setzen; bei mehreren Orten die des Orts in der Ansicht</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Stop what is running</source>
        <translation>Anhalten, was gerade läuft</translation>
    </message>
    <message>
        <source>Draw a reference sample and label it, or choose a layer of reference points or polygons.</source>
        <translation>Ziehen Sie eine Referenzstichprobe und bestimmen Sie deren Klassen, oder wählen Sie einen Layer mit Referenzpunkten oder Referenzpolygonen.</translation>
    </message>
    <message>
        <source>{} of {} labelled.</source>
        <translation>{} von {} bestimmt.</translation>
    </message>
    <message>
        <source>None is of {}: label some in every place, or nothing is known of it.</source>
        <translation>Keiner liegt in {}: Bestimmen Sie einige an jedem Ort, sonst ist von ihm nichts bekannt.</translation>
    </message>
    <message>
        <source>Label at least {} more.</source>
        <translation>Bestimmen Sie noch mindestens {}.</translation>
    </message>
    <message>
        <source>{} classes of the map have fewer than two: label more.</source>
        <translation>{} Klassen der Karte haben weniger als zwei: Bestimmen Sie weitere.</translation>
    </message>
    <message>
        <source>Label the rest for narrower intervals.</source>
        <translation>Bestimmen Sie den Rest, um engere Intervalle zu erhalten.</translation>
    </message>
    <message>
        <source>Choose random points on the map, to be labelled</source>
        <translation>Zufallspunkte auf der Karte wählen, deren Klasse dann bestimmt wird</translation>
    </message>
    <message>
        <source>Choose a map first</source>
        <translation>Wählen Sie zuerst eine Karte</translation>
    </message>
    <message>
        <source>Reference sample</source>
        <translation>Referenzstichprobe</translation>
    </message>
    <message>
        <source>{} exists. Replace it, and lose the labels in it?</source>
        <translation>{} ist schon vorhanden. Ersetzen? Die darin bestimmten Klassen gehen verloren.</translation>
    </message>
    <message>
        <source>Replace file?</source>
        <translation>Datei ersetzen?</translation>
    </message>
    <message>
        <source>Drawing the reference sample</source>
        <translation>Referenzstichprobe wird gezogen</translation>
    </message>
    <message>
        <source>{} points: {}.</source>
        <translation>{} Punkte: {}.</translation>
    </message>
    <message>
        <source>By place: {}.</source>
        <translation>Nach Orten: {}.</translation>
    </message>
    <message>
        <source>Assessing the map</source>
        <translation>Karte wird ausgewertet</translation>
    </message>
    <message>
        <source>The map was learned from this layer: this is no measure of its accuracy.</source>
        <translation>Die Karte wurde aus diesem Layer gelernt: Das ist kein Maß für ihre Genauigkeit.</translation>
    </message>
    <message>
        <source>Save report</source>
        <translation>Bericht speichern</translation>
    </message>
    <message>
        <source>{} exists. Replace it?</source>
        <translation>{} ist schon vorhanden. Ersetzen?</translation>
    </message>
    <message>
        <source>Writing the report</source>
        <translation>Bericht wird geschrieben</translation>
    </message>
    <message>
        <source>Accuracy of {}</source>
        <translation>Genauigkeit von {}</translation>
    </message>
    <message>
        <source>Saved: {}</source>
        <translation>Gespeichert: {}</translation>
    </message>
    <message>
        <source>The report is {}.</source>
        <translation>Der Bericht liegt in {}.</translation>
    </message>
</context>
<context>
    <name>AccuracyTable</name>
    <message>
        <source>Copy tables</source>
        <translation>Tabellen kopieren</translation>
    </message>
    <message>
        <source>Classes and matrix to the clipboard, for a spreadsheet or a document</source>
        <translation>Klassen und Matrix in die Zwischenablage, für eine Tabellenkalkulation oder ein Dokument</translation>
    </message>
    <message>
        <source>Save as CSV…</source>
        <translation>Als CSV speichern…</translation>
    </message>
    <message>
        <source>Classes with areas and intervals, and the matrix in counts and hectares, as files for programs</source>
        <translation>Klassen mit Flächen und Intervallen und die Matrix in Anzahlen und Hektar, als Dateien für Programme</translation>
    </message>
    <message>
        <source>User's accuracy: how often the map is right where it shows the class. Producer's accuracy: how much of the class on the ground the map shows. Below each figure its 95 % interval, or “too few” where the points say next to nothing.</source>
        <translation>Nutzergenauigkeit: wie oft die Karte recht hat, wo sie die Klasse zeigt. Produzentengenauigkeit: wie viel von der Klasse am Boden die Karte zeigt. Unter jeder Zahl ihr 95-%-Intervall, oder „zu wenige“, wo die Punkte fast nichts sagen.</translation>
    </message>
    <message>
        <source>Overall accuracy</source>
        <translation>Gesamtgenauigkeit</translation>
    </message>
    <message>
        <source>Agreement</source>
        <translation>Übereinstimmung</translation>
    </message>
    <message>
        <source>{} reference points</source>
        <translation>{} Referenzpunkte</translation>
    </message>
    <message>
        <source>{} pixels in reference polygons</source>
        <translation>{} Pixel in Referenzpolygonen</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>Klasse</translation>
    </message>
    <message>
        <source>User's, %</source>
        <translation>Nutzer, %</translation>
    </message>
    <message>
        <source>Producer's, %</source>
        <translation>Produzent, %</translation>
    </message>
    <message>
        <source>Area, ha</source>
        <translation>Fläche, ha</translation>
    </message>
    <message>
        <source>Mapped, ha</source>
        <translation>Kartiert, ha</translation>
    </message>
    <message>
        <source>Below: how many of the reference are of this class</source>
        <translation>Darunter: wie viele der Referenz von dieser Klasse sind</translation>
    </message>
    <message>
        <source>{} points</source>
        <translation>{} Punkte</translation>
    </message>
    <message>
        <source>{} pixels</source>
        <translation>{} Pixel</translation>
    </message>
    <message>
        <source>The tables are on the clipboard.</source>
        <translation>Die Tabellen sind in der Zwischenablage.</translation>
    </message>
    <message>
        <source>Save tables</source>
        <translation>Tabellen speichern</translation>
    </message>
    <message>
        <source>{} exists. Replace it?</source>
        <translation>{} ist schon vorhanden. Ersetzen?</translation>
    </message>
    <message>
        <source>Replace file?</source>
        <translation>Datei ersetzen?</translation>
    </message>
    <message>
        <source>{0} cannot be written ({1}); choose another folder.</source>
        <translation>{0} kann nicht geschrieben werden ({1}); wählen Sie einen anderen Ordner.</translation>
    </message>
    <message>
        <source>The tables are in {0}: {1}.</source>
        <translation>Die Tabellen sind in {0}: {1}.</translation>
    </message>
</context>
<context>
    <name>AccuracyTables</name>
    <message>
        <source>Class</source>
        <translation>Klasse</translation>
    </message>
    <message>
        <source>Reference</source>
        <translation>Referenz</translation>
    </message>
    <message>
        <source>User's accuracy, %</source>
        <translation>Nutzergenauigkeit, %</translation>
    </message>
    <message>
        <source>Producer's accuracy, %</source>
        <translation>Produzentengenauigkeit, %</translation>
    </message>
    <message>
        <source>Mapped, ha</source>
        <translation>Kartiert, ha</translation>
    </message>
    <message>
        <source>Estimated, ha</source>
        <translation>Geschätzt, ha</translation>
    </message>
    <message>
        <source>map ↓  reference →</source>
        <translation>Karte ↓  Referenz →</translation>
    </message>
</context>
<context>
    <name>Algorithm</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Verweisen der Eingabe folgen</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Liest auch Dateien in anderen Ordnern und im Netz, die ein VRT oder ein STAC-Item nennt.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Kartierung</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Was herauskommt</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Tipp</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth hat kein Python, mit dem es rechnen kann; öffnen Sie in QGIS das MMEarth-Bedienfeld und richten Sie eines ein, oder nennen Sie in der Umgebungsvariablen MMEARTH_PYTHON ein Python, in dem mmearth installiert ist.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Klassenmodell</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Eine mit „Klassen aus Beispielen lernen“ gemachte oder im Bedienfeld gespeicherte Datei.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung ({} Kanäle); machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung; machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>kein Feld</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>„{}“ hat kein Feld „{}“; vorhanden: {}. Wählen Sie das Feld, das die Klasse nennt.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>„{}“ kann nicht in eine Datenbank geschrieben werden; wählen Sie eine eigene Datei.</translation>
    </message>
</context>
<context>
    <name>ApplyDialog</name>
    <message>
        <source>Apply a saved model</source>
        <translation>Gespeichertes Modell anwenden</translation>
    </message>
    <message>
        <source>Model (*.json)</source>
        <translation>Modell (*.json)</translation>
    </message>
    <message>
        <source>The NAME_model.json beside an earlier map</source>
        <translation>Die Datei NAME_model.json neben einer früheren Karte</translation>
    </message>
    <message>
        <source>The embedding to map; made by the same encoder as the model's</source>
        <translation>Die Einbettung, die kartiert werden soll; vom selben Encoder wie beim Modell</translation>
    </message>
    <message>
        <source>The map to write</source>
        <translation>Die Karte, die geschrieben wird</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>Karte</translation>
    </message>
    <message>
        <source>Make map</source>
        <translation>Karte erstellen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
</context>
<context>
    <name>Assess</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Verweisen der Eingabe folgen</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Liest auch Dateien in anderen Ordnern und im Netz, die ein VRT oder ein STAC-Item nennt.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Kartierung</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Was herauskommt</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Tipp</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth hat kein Python, mit dem es rechnen kann; öffnen Sie in QGIS das MMEarth-Bedienfeld und richten Sie eines ein, oder nennen Sie in der Umgebungsvariablen MMEARTH_PYTHON ein Python, in dem mmearth installiert ist.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Klassenmodell</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Eine mit „Klassen aus Beispielen lernen“ gemachte oder im Bedienfeld gespeicherte Datei.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung ({} Kanäle); machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung; machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>kein Feld</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>„{}“ hat kein Feld „{}“; vorhanden: {}. Wählen Sie das Feld, das die Klasse nennt.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>„{}“ kann nicht in eine Datenbank geschrieben werden; wählen Sie eine eigene Datei.</translation>
    </message>
    <message>
        <source>Assess map</source>
        <translation>Karte prüfen</translation>
    </message>
    <message>
        <source>Compares a map with reference data. Random points give accuracies and areas with 95 % intervals (Olofsson et al. 2014); polygons, which are no random sample, give agreement alone.</source>
        <translation>Vergleicht eine Karte mit Referenzdaten. Zufallspunkte ergeben Genauigkeiten und Flächen mit 95-%-Intervallen (Olofsson et al. 2014); Polygone, die keine Zufallsstichprobe sind, ergeben nur die Übereinstimmung.</translation>
    </message>
    <message>
        <source>A page to read (.html), the same figures for programs (.json), and the overall accuracy.</source>
        <translation>Eine Seite zum Lesen (.html), dieselben Zahlen für Programme (.json) und die Gesamtgenauigkeit.</translation>
    </message>
    <message>
        <source>Draw the points with “Draw reference sample”, which knows how to weigh them.</source>
        <translation>Ziehen Sie die Punkte mit „Referenzstichprobe ziehen“; damit ist bekannt, wie sie zu gewichten sind.</translation>
    </message>
    <message>
        <source>Reference</source>
        <translation>Referenz</translation>
    </message>
    <message>
        <source>Points or polygons whose true class is known; those without a class are left out.</source>
        <translation>Punkte oder Polygone, deren wahre Klasse bekannt ist; solche ohne Klasse bleiben außer Acht.</translation>
    </message>
    <message>
        <source>Class field</source>
        <translation>Klassenfeld</translation>
    </message>
    <message>
        <source>The field that holds the true class, by its name or its value on the map; blank: class.</source>
        <translation>Das Feld mit der wahren Klasse, als Name oder als Wert in der Karte; leer: class.</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>Bericht</translation>
    </message>
    <message>
        <source>The page to write.</source>
        <translation>Die Seite, die geschrieben wird.</translation>
    </message>
    <message>
        <source>Figures</source>
        <translation>Zahlen</translation>
    </message>
    <message>
        <source>The same for programs.</source>
        <translation>Dasselbe für Programme.</translation>
    </message>
    <message>
        <source>Overall accuracy, 0 to 1</source>
        <translation>Gesamtgenauigkeit, 0 bis 1</translation>
    </message>
    <message>
        <source>Lower end of its 95 % interval</source>
        <translation>Untere Grenze ihres 95-%-Intervalls</translation>
    </message>
    <message>
        <source>Upper end of its 95 % interval</source>
        <translation>Obere Grenze ihres 95-%-Intervalls</translation>
    </message>
    <message>
        <source>Points or pixels compared</source>
        <translation>Verglichene Punkte oder Pixel</translation>
    </message>
    <message>
        <source>What was compared: points or pixels</source>
        <translation>Was verglichen wurde: points (Punkte) oder pixels (Pixel)</translation>
    </message>
    <message>
        <source>Overall accuracy {} from {} {}.</source>
        <translation>Gesamtgenauigkeit {} aus {} {}.</translation>
    </message>
</context>
<context>
    <name>Assessment</name>
    <message>
        <source>Assessing the map</source>
        <translation>Karte wird ausgewertet</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>Abgebrochen.</translation>
    </message>
    <message>
        <source>The layer could not be copied for the worker ({}); save it as a GeoPackage and take that.</source>
        <translation>Der Layer ließ sich nicht für den Worker kopieren ({}); speichern Sie ihn als GeoPackage und nehmen Sie dieses.</translation>
    </message>
    <message>
        <source>Writing the report</source>
        <translation>Bericht wird geschrieben</translation>
    </message>
    <message>
        <source>Edits that are not saved yet count: {}. Save them to keep them.</source>
        <translation>Noch nicht gespeicherte Änderungen zählen mit: {}. Speichern Sie sie, um sie zu behalten.</translation>
    </message>
</context>
<context>
    <name>BandTable</name>
    <message>
        <source>coastal aerosol</source>
        <translation>Küstenaerosol</translation>
    </message>
    <message>
        <source>blue</source>
        <translation>Blau</translation>
    </message>
    <message>
        <source>green</source>
        <translation>Grün</translation>
    </message>
    <message>
        <source>red</source>
        <translation>Rot</translation>
    </message>
    <message>
        <source>red edge 1</source>
        <translation>Red Edge 1</translation>
    </message>
    <message>
        <source>red edge 2</source>
        <translation>Red Edge 2</translation>
    </message>
    <message>
        <source>red edge 3</source>
        <translation>Red Edge 3</translation>
    </message>
    <message>
        <source>near infrared</source>
        <translation>nahes Infrarot</translation>
    </message>
    <message>
        <source>narrow near infrared</source>
        <translation>nahes Infrarot, schmal</translation>
    </message>
    <message>
        <source>water vapour</source>
        <translation>Wasserdampf</translation>
    </message>
    <message>
        <source>cirrus</source>
        <translation>Zirrus</translation>
    </message>
    <message>
        <source>shortwave infrared 1</source>
        <translation>kurzwelliges Infrarot 1</translation>
    </message>
    <message>
        <source>shortwave infrared 2</source>
        <translation>kurzwelliges Infrarot 2</translation>
    </message>
    <message>
        <source>scene classification</source>
        <translation>Szenenklassifikation</translation>
    </message>
    <message>
        <source>Which band of Sentinel-2 each band of the layer is: the model tells them apart</source>
        <translation>Welches Sentinel-2-Band jedes Band des Layers ist: Das Modell unterscheidet sie</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Layer</translation>
    </message>
    <message>
        <source>Sentinel-2</source>
        <translation>Sentinel-2</translation>
    </message>
    <message>
        <source>Use these bands</source>
        <translation>Diese Kanäle verwenden</translation>
    </message>
    <message>
        <source>Embed the layer with its bands as chosen in the table</source>
        <translation>Den Layer mit den in der Tabelle gewählten Kanälen einbetten</translation>
    </message>
    <message>
        <source>Read them from the file</source>
        <translation>Aus der Datei lesen</translation>
    </message>
    <message>
        <source>Forget what the table says and go by the names in the file</source>
        <translation>Die Angaben der Tabelle verwerfen und nach den Namen in der Datei gehen</translation>
    </message>
    <message>
        <source>not used</source>
        <translation>nicht verwendet</translation>
    </message>
    <message>
        <source>{} is chosen twice.</source>
        <translation>{} ist doppelt gewählt.</translation>
    </message>
    <message>
        <source>Choose what the bands are.</source>
        <translation>Wählen Sie, was die Kanäle sind.</translation>
    </message>
    <message>
        <source>Used as chosen here.</source>
        <translation>Wird verwendet wie hier gewählt.</translation>
    </message>
    <message>
        <source>A guess from the number of bands. Check each one, then confirm.</source>
        <translation>Nach der Zahl der Kanäle geraten. Prüfen Sie jeden und bestätigen Sie dann.</translation>
    </message>
    <message>
        <source>Recognised; change only what is wrong, then confirm.</source>
        <translation>Erkannt; ändern Sie nur, was falsch ist, und bestätigen Sie dann.</translation>
    </message>
</context>
<context>
    <name>BasePython</name>
    <message>
        <source>Install it, on Debian and Ubuntu with “sudo apt install python3-venv”, and try again.</source>
        <translation>Installieren Sie es, unter Debian und Ubuntu mit „sudo apt install python3-venv“, und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Install Python 3.12 (64-bit) from python.org, and try again.</source>
        <translation>Installieren Sie Python 3.12 (64 Bit) von python.org und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>No Python 3.11 or newer that can make environments was found on this computer.</source>
        <translation>Auf diesem Computer wurde kein Python ab 3.11 gefunden, das Umgebungen anlegen kann.</translation>
    </message>
</context>
<context>
    <name>CacheDialog</name>
    <message>
        <source>Cache of embeddings</source>
        <translation>Cache der Einbettungen</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Layer</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Last used</source>
        <translation>Zuletzt benutzt</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Remove all…</source>
        <translation>Alle entfernen…</translation>
    </message>
    <message>
        <source>Add the selected embeddings to the project</source>
        <translation>Die ausgewählten Einbettungen ins Projekt laden</translation>
    </message>
    <message>
        <source>Delete the selected embeddings</source>
        <translation>Die ausgewählten Einbettungen löschen</translation>
    </message>
    <message>
        <source>Delete all that no layer of the project uses</source>
        <translation>Alle löschen, die kein Layer des Projekts verwendet</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>in Gebrauch</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>unfinished</source>
        <translation>unfertig</translation>
    </message>
    <message>
        <source>{0} of at most {1} in {2}</source>
        <translation>{0} von höchstens {1} in {2}</translation>
    </message>
    <message>
        <source>Delete all embeddings in the cache that no layer of the project uses?</source>
        <translation>Alle Einbettungen im Cache löschen, die kein Layer des Projekts verwendet?</translation>
    </message>
    <message>
        <source>{} in use and stay; remove their layers first.</source>
        <translation>{} in Gebrauch und daher behalten; entfernen Sie zuerst die Layer.</translation>
    </message>
    <message>
        <source>{} kB</source>
        <translation>{} kB</translation>
    </message>
    <message>
        <source>{} MB</source>
        <translation>{} MB</translation>
    </message>
    <message>
        <source>{} GB</source>
        <translation>{} GB</translation>
    </message>
</context>
<context>
    <name>Change</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Verweisen der Eingabe folgen</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Liest auch Dateien in anderen Ordnern und im Netz, die ein VRT oder ein STAC-Item nennt.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Kartierung</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Was herauskommt</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Tipp</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth hat kein Python, mit dem es rechnen kann; öffnen Sie in QGIS das MMEarth-Bedienfeld und richten Sie eines ein, oder nennen Sie in der Umgebungsvariablen MMEARTH_PYTHON ein Python, in dem mmearth installiert ist.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Klassenmodell</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Eine mit „Klassen aus Beispielen lernen“ gemachte oder im Bedienfeld gespeicherte Datei.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung ({} Kanäle); machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung; machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>kein Feld</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>„{}“ hat kein Feld „{}“; vorhanden: {}. Wählen Sie das Feld, das die Klasse nennt.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>„{}“ kann nicht in eine Datenbank geschrieben werden; wählen Sie eine eigene Datei.</translation>
    </message>
    <message>
        <source>Map change</source>
        <translation>Veränderung kartieren</translation>
    </message>
    <message>
        <source>Maps what became what between two dates or years of a place, with one model of classes on both.</source>
        <translation>Kartiert, was zwischen zwei Zeitpunkten oder Jahren eines Ortes woraus geworden ist, mit einem Klassenmodell für beide.</translation>
    </message>
    <message>
        <source>A raster of changes in the colours of what the land is now, and where asked a matrix in hectares and the distance of the embeddings.</source>
        <translation>Ein Raster der Veränderungen in den Farben dessen, was das Land jetzt ist, und auf Wunsch eine Matrix in Hektar und der Abstand der Einbettungen.</translation>
    </message>
    <message>
        <source>The errors of both dates show as change. How much really changed tell “Draw reference sample” and “Assess map”, which take this map; choose dates of one season.</source>
        <translation>Die Fehler beider Zeitpunkte erscheinen als Veränderung. Wie viel sich wirklich verändert hat, sagen „Referenzstichprobe ziehen“ und „Karte prüfen“, die diese Karte annehmen; wählen Sie Zeitpunkte derselben Jahreszeit.</translation>
    </message>
    <message>
        <source>Embedding before</source>
        <translation>Einbettung vorher</translation>
    </message>
    <message>
        <source>A raster made by “Embed layer” of the earlier date. The map has its pixels.</source>
        <translation>Ein mit „Layer einbetten“ gemachtes Raster des früheren Zeitpunkts. Die Karte hat dessen Pixel.</translation>
    </message>
    <message>
        <source>… or working set before</source>
        <translation>… oder Arbeitssatz vorher</translation>
    </message>
    <message>
        <source>Instead of an embedding: several dates or places that “Gather working set” put together.</source>
        <translation>Statt einer Einbettung: mehrere Daten oder Orte, die „Arbeitssatz zusammenstellen“ zusammengestellt hat.</translation>
    </message>
    <message>
        <source>Embedding after</source>
        <translation>Einbettung nachher</translation>
    </message>
    <message>
        <source>One of the later date, made by the same model.</source>
        <translation>Eines des späteren Zeitpunkts, mit demselben Modell gemacht.</translation>
    </message>
    <message>
        <source>… or working set after</source>
        <translation>… oder Arbeitssatz nachher</translation>
    </message>
    <message>
        <source>Instead of an embedding: the same places later. Images are compared with those of their season.</source>
        <translation>Statt einer Einbettung: dieselben Orte später. Bilder werden mit denen ihrer Jahreszeit verglichen.</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>Glättung</translation>
    </message>
    <message>
        <source>How much its neighbours say in a pixel's class on each date: none; edges, where no edge lies between, so that roads and rivers stay; strong, also across faint edges.</source>
        <translation>Wie viel die Nachbarn zu jedem Zeitpunkt über die Klasse eines Pixels mitreden: none gar nicht; edges, wo keine Kante dazwischen liegt, sodass Straßen und Flüsse bleiben; strong auch über schwache Kanten hinweg.</translation>
    </message>
    <message>
        <source>Probability needed for a change</source>
        <translation>Nötige Wahrscheinlichkeit für eine Veränderung</translation>
    </message>
    <message>
        <source>What is less probable on one of the dates is called unsure, for example 0.6; blank: every difference is a change.</source>
        <translation>Was zu einem der Zeitpunkte weniger wahrscheinlich ist, heißt unsure (unsicher), zum Beispiel 0.6; leer: Jeder Unterschied ist eine Veränderung.</translation>
    </message>
    <message>
        <source>Changes shown apart</source>
        <translation>Einzeln gezeigte Veränderungen</translation>
    </message>
    <message>
        <source>So many of the largest changes get a value of their own; the rest is called other change.</source>
        <translation>So viele der größten Veränderungen bekommen einen eigenen Wert; der Rest heißt other change (andere Veränderung).</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Veränderung</translation>
    </message>
    <message>
        <source>The map to write.</source>
        <translation>Die Karte, die geschrieben wird.</translation>
    </message>
    <message>
        <source>Distance of the embeddings</source>
        <translation>Abstand der Einbettungen</translation>
    </message>
    <message>
        <source>The raster to write of how unlike the two embeddings are, if it is wanted; it needs no classes.</source>
        <translation>Das zu schreibende Raster davon, wie unähnlich die beiden Einbettungen sind, falls gewünscht; es braucht keine Klassen.</translation>
    </message>
    <message>
        <source>Matrix in hectares</source>
        <translation>Matrix in Hektar</translation>
    </message>
    <message>
        <source>The table to write of what each class was and is, if it is wanted.</source>
        <translation>Die zu schreibende Tabelle davon, was jede Klasse war und ist, falls gewünscht.</translation>
    </message>
    <message>
        <source>For working sets of several places, in place of a map: the folder to write the map of each place into, and in its folder “distance” the distances of each, where they are wanted.</source>
        <translation>Für Arbeitssätze mit mehreren Orten, anstelle einer Karte: der Ordner, in den die Karte jedes Orts geschrieben wird, und in dessen Ordner „distance“ die Abstände jedes Orts, wo sie gewünscht sind.</translation>
    </message>
    <message>
        <source>Hectares mapped as changed</source>
        <translation>Als verändert kartierte Hektar</translation>
    </message>
    <message>
        <source>Hectares mapped as unchanged</source>
        <translation>Als unverändert kartierte Hektar</translation>
    </message>
    <message>
        <source>Hectares that are unsure</source>
        <translation>Unsichere Hektar</translation>
    </message>
    <message>
        <source>Hectares of each change</source>
        <translation>Hektar jeder Veränderung</translation>
    </message>
    <message>
        <source>What to compare is not said, or twice; choose an embedding or a working set, each time.</source>
        <translation>Was zu vergleichen ist, ist nicht gesagt oder zweimal; wählen Sie jeweils ein Embedding oder ein Arbeitsset.</translation>
    </message>
    <message>
        <source>{} ha changed, {} ha did not.</source>
        <translation>{} ha verändert, {} ha nicht.</translation>
    </message>
</context>
<context>
    <name>ChangeDialog</name>
    <message>
        <source>Change between two dates</source>
        <translation>Veränderung zwischen zwei Tagen</translation>
    </message>
    <message>
        <source>{} exists. Replace it?</source>
        <translation>{} ist schon vorhanden. Ersetzen?</translation>
    </message>
    <message>
        <source>Replace file?</source>
        <translation>Datei ersetzen?</translation>
    </message>
    <message>
        <source>Model (*.json)</source>
        <translation>Modell (*.json)</translation>
    </message>
    <message>
        <source>GeoTIFF (*.tif)</source>
        <translation>GeoTIFF (*.tif)</translation>
    </message>
    <message>
        <source>Only changes that are probable on both dates by at least</source>
        <translation>Nur Veränderungen, die an beiden Tagen wahrscheinlich sind, zu mindestens</translation>
    </message>
    <message>
        <source>The errors of both maps show as change; what is less sure is called unsure</source>
        <translation>Die Fehler beider Karten erscheinen als Veränderung; was weniger sicher ist, heißt unsicher</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Vorher</translation>
    </message>
    <message>
        <source>The earlier image; the map has its pixels</source>
        <translation>Das frühere Bild; die Karte hat seine Pixel</translation>
    </message>
    <message>
        <source>After</source>
        <translation>Nachher</translation>
    </message>
    <message>
        <source>A later image of the place, best of one season</source>
        <translation>Ein späteres Bild des Ortes, am besten aus derselben Jahreszeit</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>Klassen</translation>
    </message>
    <message>
        <source>What the classes are learned from</source>
        <translation>Woraus die Klassen gelernt werden</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>The model that was saved beside an earlier map</source>
        <translation>Das Modell, das neben einer früheren Karte gespeichert wurde</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>The map to write, with its style beside it</source>
        <translation>Die zu schreibende Karte, mit ihrem Stil daneben</translation>
    </message>
    <message>
        <source>Map change</source>
        <translation>Veränderung kartieren</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Stop; no unfinished map is left behind</source>
        <translation>Anhalten; es bleibt keine unfertige Karte zurück</translation>
    </message>
    <message>
        <source>Samples in work, as drawn on the image before</source>
        <translation>Benutzte Beispiele, wie auf dem Bild vorher gezeichnet</translation>
    </message>
    <message>
        <source>Samples in work, as drawn on the image after</source>
        <translation>Benutzte Beispiele, wie auf dem Bild nachher gezeichnet</translation>
    </message>
    <message>
        <source>Model of {}</source>
        <translation>Modell von {}</translation>
    </message>
    <message>
        <source>Saved model…</source>
        <translation>Gespeichertes Modell…</translation>
    </message>
    <message>
        <source>Classify both dates, and map what became what</source>
        <translation>Beide Tage klassifizieren und kartieren, was woraus wurde</translation>
    </message>
    <message>
        <source>Embed two dates of a place first.</source>
        <translation>Betten Sie zuerst zwei Tage eines Ortes ein.</translation>
    </message>
    <message>
        <source>Choose two different images.</source>
        <translation>Wählen Sie zwei verschiedene Bilder.</translation>
    </message>
    <message>
        <source>The image before ({0}) is later than the one after ({1}); swap them.</source>
        <translation>Das Bild vorher ({0}) ist später als das nachher ({1}); vertauschen Sie sie.</translation>
    </message>
    <message>
        <source>Choose the model that was saved beside an earlier map, or draw samples.</source>
        <translation>Wählen Sie das Modell, das neben einer früheren Karte gespeichert wurde, oder zeichnen Sie Beispiele.</translation>
    </message>
    <message>
        <source>Name the file of the map.</source>
        <translation>Benennen Sie die Datei der Karte.</translation>
    </message>
    <message>
        <source>{} is in the project.</source>
        <translation>{} ist im Projekt.</translation>
    </message>
    <message>
        <source>Cancelled; no map was written.</source>
        <translation>Abgebrochen; es wurde keine Karte geschrieben.</translation>
    </message>
    <message>
        <source>Save as CSV</source>
        <translation>Als CSV speichern</translation>
    </message>
    <message>
        <source>{0} cannot be written ({1}).</source>
        <translation>{0} lässt sich nicht schreiben ({1}).</translation>
    </message>
</context>
<context>
    <name>ChangeJob</name>
    <message>
        <source>Learning from the samples</source>
        <translation>Aus den Beispielen wird gelernt</translation>
    </message>
    <message>
        <source>Comparing both dates</source>
        <translation>Beide Tage werden verglichen</translation>
    </message>
</context>
<context>
    <name>ChangeTable</name>
    <message>
        <source>Copy table</source>
        <translation>Tabelle kopieren</translation>
    </message>
    <message>
        <source>The matrix to the clipboard, for a spreadsheet or a document</source>
        <translation>Die Matrix in die Zwischenablage, für eine Tabellenkalkulation oder ein Dokument</translation>
    </message>
    <message>
        <source>Save as CSV…</source>
        <translation>Als CSV speichern…</translation>
    </message>
    <message>
        <source>The matrix as a file for programs, with full figures</source>
        <translation>Die Matrix als Datei für Programme, mit vollen Zahlen</translation>
    </message>
    <message>
        <source>{0} ha changed ({1} %), {2} ha did not.</source>
        <translation>{0} ha verändert ({1} %), {2} ha nicht.</translation>
    </message>
    <message>
        <source>{} ha are unsure.</source>
        <translation>{} ha sind unsicher.</translation>
    </message>
    <message>
        <source>In rows what it was, in columns what it is, in hectares:</source>
        <translation>In Zeilen, was es war, in Spalten, was es ist, in Hektar:</translation>
    </message>
    <message>
        <source>{0} ha were {1} and are {2}</source>
        <translation>{0} ha waren {1} und sind {2}</translation>
    </message>
    <message>
        <source>total</source>
        <translation>Summe</translation>
    </message>
    <message>
        <source>before ↓  after →, ha</source>
        <translation>vorher ↓  nachher →, ha</translation>
    </message>
</context>
<context>
    <name>ClassBox</name>
    <message>
        <source>Samples: {}, {}</source>
        <translation>Beispielflächen: {}, {}</translation>
    </message>
    <message>
        <source>Add a class</source>
        <translation>Klasse hinzufügen</translation>
    </message>
    <message>
        <source>Remove the class and its samples; undo brings both back</source>
        <translation>Die Klasse und ihre Beispielflächen entfernen; Rückgängig bringt beide wieder</translation>
    </message>
    <message>
        <source>Move the class up, to a smaller key</source>
        <translation>Die Klasse nach oben, auf eine kleinere Taste</translation>
    </message>
    <message>
        <source>Move the class down, to a larger key</source>
        <translation>Die Klasse nach unten, auf eine größere Taste</translation>
    </message>
    <message>
        <source>Import samples, merge classes, load or save a class set</source>
        <translation>Beispiele übernehmen, Klassen vereinen, einen Klassensatz laden oder sichern</translation>
    </message>
    <message>
        <source>Compare classes: spectra, embedding, how well they can be told apart, samples that are odd</source>
        <translation>Klassen vergleichen: Spektren, Einbettung, wie gut sie sich trennen lassen, auffällige Beispielflächen</translation>
    </message>
    <message>
        <source>All samples in a table (T): sort, find those that look like another class, relabel, split, erase</source>
        <translation>Alle Beispiele in einer Tabelle (T): ordnen, finden, was wie eine andere Klasse aussieht, umbenennen, abspalten, löschen</translation>
    </message>
</context>
<context>
    <name>ClassComparison</name>
    <message>
        <source>Choose an embedding and samples to see how classes differ.</source>
        <translation>Wählen Sie eine Einbettung und Beispielflächen, um zu sehen, wie sich die Klassen unterscheiden.</translation>
    </message>
    <message>
        <source>Comparing the classes …</source>
        <translation>Klassen werden verglichen …</translation>
    </message>
</context>
<context>
    <name>ClassMenu</name>
    <message>
        <source>Import samples…</source>
        <translation>Beispiele übernehmen…</translation>
    </message>
    <message>
        <source>Polygons, lines or points of another layer become samples</source>
        <translation>Polygone, Linien oder Punkte eines anderen Layers werden Beispiele</translation>
    </message>
    <message>
        <source>Merge into</source>
        <translation>Vereinen mit</translation>
    </message>
    <message>
        <source>Load class set</source>
        <translation>Klassensatz laden</translation>
    </message>
    <message>
        <source>Save class set…</source>
        <translation>Klassensatz sichern…</translation>
    </message>
    <message>
        <source>Names, colours and codes as a file for colleagues and other samples</source>
        <translation>Namen, Farben und Codes als Datei, für Kollegen und andere Beispiele</translation>
    </message>
    <message>
        <source>Merge {} into</source>
        <translation>{} vereinen mit</translation>
    </message>
    <message>
        <source>From file…</source>
        <translation>Aus Datei…</translation>
    </message>
    <message>
        <source>{} is {} now ({} samples); undo takes it back.</source>
        <translation>{} ist jetzt {} ({} Beispiele); Rückgängig nimmt es zurück.</translation>
    </message>
    <message>
        <source>Class sets (*.json)</source>
        <translation>Klassensätze (*.json)</translation>
    </message>
    <message>
        <source>{} added</source>
        <translation>{} hinzugefügt</translation>
    </message>
    <message>
        <source>{} renamed or recoloured</source>
        <translation>{} umbenannt oder umgefärbt</translation>
    </message>
    <message>
        <source>{} without samples removed</source>
        <translation>{} ohne Beispiele entfernt</translation>
    </message>
    <message>
        <source>{} others with samples kept</source>
        <translation>{} andere mit Beispielen behalten</translation>
    </message>
    <message>
        <source>{} with another map value than their code, which was taken</source>
        <translation>{} mit anderem Kartenwert als ihrem Code, der vergeben war</translation>
    </message>
    <message>
        <source>nothing to change</source>
        <translation>nichts zu ändern</translation>
    </message>
    <message>
        <source>Save class set</source>
        <translation>Klassensatz sichern</translation>
    </message>
    <message>
        <source>{} classes are kept in {}.</source>
        <translation>{} Klassen sind in {} gesichert.</translation>
    </message>
</context>
<context>
    <name>ClassPlots</name>
    <message>
        <source>Compare classes</source>
        <translation>Klassen vergleichen</translation>
    </message>
    <message>
        <source>reflectance: median and 10–90 %</source>
        <translation>Reflektanz: Median und 10–90 %</translation>
    </message>
    <message>
        <source>embedding: median and 10–90 %</source>
        <translation>Einbettung: Median und 10–90 %</translation>
    </message>
    <message>
        <source>Spectra</source>
        <translation>Spektren</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>Separability</source>
        <translation>Trennbarkeit</translation>
    </message>
    <message>
        <source>Odd samples</source>
        <translation>Auffällige Beispielflächen</translation>
    </message>
    <message>
        <source>Copy table</source>
        <translation>Tabelle kopieren</translation>
    </message>
    <message>
        <source>What this page shows as comma-separated values, to paste into a file</source>
        <translation>Was diese Seite zeigt, als durch Kommas getrennte Werte, zum Einfügen in eine Datei</translation>
    </message>
    <message>
        <source>Copy picture</source>
        <translation>Bild kopieren</translation>
    </message>
    <message>
        <source>What this page shows as a picture, to paste into a document</source>
        <translation>Was diese Seite zeigt, als Bild, zum Einfügen in ein Dokument</translation>
    </message>
    <message>
        <source>Spectra are shown where the scene of the embedding is in the project and its bands are known.</source>
        <translation>Spektren gibt es, wenn die Szene der Einbettung im Projekt ist und ihre Bänder bekannt sind.</translation>
    </message>
    <message>
        <source>too few</source>
        <translation>zu wenige</translation>
    </message>
    <message>
        <source>Told apart best on {}</source>
        <translation>Am besten getrennt am {}</translation>
    </message>
    <message>
        <source>Jeffries–Matusita distance on the embedding: 0 is the same, 2 is never mixed up.</source>
        <translation>Jeffries-Matusita-Distanz auf der Einbettung: 0 heißt gleich, 2 nie verwechselt.</translation>
    </message>
    <message>
        <source>Each date votes: of two classes that date counts which tells them apart best.</source>
        <translation>Jedes Datum stimmt ab: Für zwei Klassen zählt das Datum, das sie am besten trennt.</translation>
    </message>
    <message>
        <source>Two classes with two samples each are needed.</source>
        <translation>Nötig sind zwei Klassen mit je zwei Beispielflächen.</translation>
    </message>
    <message>
        <source>All classes are well apart.</source>
        <translation>Alle Klassen sind gut getrennt.</translation>
    </message>
    <message>
        <source>Closest are {0} and {1}: more samples of both, where they meet, help most.</source>
        <translation>Am nächsten sind sich {0} und {1}: Am meisten helfen weitere Beispielflächen beider, wo sie aufeinandertreffen.</translation>
    </message>
    <message>
        <source>{0} and {1} will be mixed up: draw clearer samples of both, or make them one class.</source>
        <translation>{0} und {1} werden verwechselt: Zeichnen Sie klarere Beispielflächen beider, oder machen Sie eine Klasse daraus.</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>Klasse</translation>
    </message>
    <message>
        <source>Looks like</source>
        <translation>Sieht aus wie</translation>
    </message>
    <message>
        <source>How far off</source>
        <translation>Wie weit entfernt</translation>
    </message>
    <message>
        <source>none of the classes</source>
        <translation>keine der Klassen</translation>
    </message>
    <message>
        <source>{} × the usual spread</source>
        <translation>das {}-Fache der üblichen Streuung</translation>
    </message>
    <message>
        <source>Samples that are unlike the others of their class. Click one to see it on the map and select it.</source>
        <translation>Beispielflächen, die den anderen ihrer Klasse nicht gleichen. Ein Klick zeigt sie auf der Karte und wählt sie aus.</translation>
    </message>
    <message>
        <source>No sample is unlike the others of its class.</source>
        <translation>Keine Beispielfläche weicht von den anderen ihrer Klasse ab.</translation>
    </message>
</context>
<context>
    <name>ClassTable</name>
    <message>
        <source>class {}</source>
        <translation>Klasse {}</translation>
    </message>
    <message>
        <source>Key of {}</source>
        <translation>Taste von {}</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Taste</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>Klasse</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>Anzahl</translation>
    </message>
    <message>
        <source>Area</source>
        <translation>Fläche</translation>
    </message>
    <message>
        <source>{}, value {} in the map</source>
        <translation>{}, Wert {} in der Karte</translation>
    </message>
    <message>
        <source>The colours were not kept in {} ({}); save the layer's style to keep them.</source>
        <translation>Die Farben wurden nicht in {} behalten ({}); speichern Sie den Stil des Layers, um sie zu behalten.</translation>
    </message>
</context>
<context>
    <name>ClassView</name>
    <message>
        <source>The class you draw; double click its name to change it, its colour to choose another</source>
        <translation>Die Klasse, die Sie zeichnen; Doppelklick ändert ihren Namen, auf die Farbe ihre Farbe</translation>
    </message>
</context>
<context>
    <name>Classify</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Verweisen der Eingabe folgen</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Liest auch Dateien in anderen Ordnern und im Netz, die ein VRT oder ein STAC-Item nennt.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Kartierung</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Was herauskommt</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Tipp</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth hat kein Python, mit dem es rechnen kann; öffnen Sie in QGIS das MMEarth-Bedienfeld und richten Sie eines ein, oder nennen Sie in der Umgebungsvariablen MMEARTH_PYTHON ein Python, in dem mmearth installiert ist.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Klassenmodell</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Eine mit „Klassen aus Beispielen lernen“ gemachte oder im Bedienfeld gespeicherte Datei.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung ({} Kanäle); machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung; machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>kein Feld</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>„{}“ hat kein Feld „{}“; vorhanden: {}. Wählen Sie das Feld, das die Klasse nennt.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>„{}“ kann nicht in eine Datenbank geschrieben werden; wählen Sie eine eigene Datei.</translation>
    </message>
    <message>
        <source>Share that counts as unknown</source>
        <translation>Anteil, der als unbekannt gilt</translation>
    </message>
    <message>
        <source>What is stranger than all but this share of the training pixels is called unknown, for example 0.01; blank: every pixel gets a class.</source>
        <translation>Was fremder ist als alle Trainingspixel bis auf diesen Anteil, gilt als unbekannt, zum Beispiel 0.01; leer: Jedes Pixel erhält eine Klasse.</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>Glättung</translation>
    </message>
    <message>
        <source>How much its neighbours say in a pixel's class: none; edges, where no edge lies between, so that roads and rivers stay; strong, also across faint edges.</source>
        <translation>Wie viel die Nachbarn zur Klasse eines Pixels sagen: none – nichts; edges – wo keine Kante dazwischenliegt, sodass Straßen und Flüsse bleiben; strong – auch über schwache Kanten hinweg.</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>Sicherheit</translation>
    </message>
    <message>
        <source>The raster of probability and margin to write, if it is wanted.</source>
        <translation>Das Raster mit Wahrscheinlichkeit und Abstand, falls gewünscht.</translation>
    </message>
    <message>
        <source>Pixels with a class</source>
        <translation>Pixel mit Klasse</translation>
    </message>
    <message>
        <source>Unknown pixels</source>
        <translation>Unbekannte Pixel</translation>
    </message>
    <message>
        <source>Share of each class</source>
        <translation>Anteil jeder Klasse</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>Classify embedding</source>
        <translation>Einbettung klassifizieren</translation>
    </message>
    <message>
        <source>Makes a map of an embedding with the classes that “Fit classes to samples” learned.</source>
        <translation>Macht aus einer Einbettung eine Karte mit den Klassen, die „Klassen aus Beispielen lernen“ gelernt hat.</translation>
    </message>
    <message>
        <source>A raster of classes with their names and colours, where asked with a second one of two bands: the probability of the class and its margin over the second.</source>
        <translation>Ein Raster der Klassen mit Namen und Farben; auf Wunsch ein zweites mit zwei Kanälen: der Wahrscheinlichkeit der Klasse und ihrem Abstand zur zweitbesten.</translation>
    </message>
    <message>
        <source>The model may come from another place or date, when the same encoder made the embeddings; look at the confidence then.</source>
        <translation>Das Modell darf von einem anderen Ort oder Datum stammen, wenn derselbe Encoder die Einbettungen gemacht hat; achten Sie dann auf die Sicherheit.</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>Karte</translation>
    </message>
    <message>
        <source>The map to write.</source>
        <translation>Die Karte, die geschrieben wird.</translation>
    </message>
    <message>
        <source>For a working set of several places, in place of a map: the folder to write the map of each place into, and in its folder “confidence” the confidence of each, where that is wanted.</source>
        <translation>Für einen Arbeitssatz mit mehreren Orten, anstelle einer Karte: der Ordner, in den die Karte jedes Orts geschrieben wird, und in dessen Ordner „confidence“ die Konfidenz jedes Orts, wo sie gewünscht ist.</translation>
    </message>
</context>
<context>
    <name>ClassifyScene</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Verweisen der Eingabe folgen</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Liest auch Dateien in anderen Ordnern und im Netz, die ein VRT oder ein STAC-Item nennt.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Kartierung</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Was herauskommt</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Tipp</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth hat kein Python, mit dem es rechnen kann; öffnen Sie in QGIS das MMEarth-Bedienfeld und richten Sie eines ein, oder nennen Sie in der Umgebungsvariablen MMEARTH_PYTHON ein Python, in dem mmearth installiert ist.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Klassenmodell</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Eine mit „Klassen aus Beispielen lernen“ gemachte oder im Bedienfeld gespeicherte Datei.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung ({} Kanäle); machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung; machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>kein Feld</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>„{}“ hat kein Feld „{}“; vorhanden: {}. Wählen Sie das Feld, das die Klasse nennt.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>„{}“ kann nicht in eine Datenbank geschrieben werden; wählen Sie eine eigene Datei.</translation>
    </message>
    <message>
        <source>Classify scene</source>
        <translation>Szene klassifizieren</translation>
    </message>
    <message>
        <source>Makes a map of a Sentinel-2 image at once with the classes that “Fit classes to samples” learned on another: what “Embed layer” and “Classify embedding” would make, without the embedding, which takes far more disk than the map.</source>
        <translation>Macht die Karte eines Sentinel-2-Bildes auf einmal, mit den Klassen, die „Klassen aus Beispielen lernen“ an einem anderen gelernt hat: das, was „Layer einbetten“ und „Einbettung klassifizieren“ machen würden, ohne die Einbettung, die viel mehr Plattenplatz braucht als die Karte.</translation>
    </message>
    <message>
        <source>A raster of classes with their names and colours, where asked with a second one of two bands: the probability of the class and its margin over the second.</source>
        <translation>Ein Raster der Klassen mit Namen und Farben; auf Wunsch ein zweites mit zwei Kanälen: der Wahrscheinlichkeit der Klasse und ihrem Abstand zur zweitbesten.</translation>
    </message>
    <message>
        <source>Embed the image instead where samples are still to be drawn: then every map of it takes seconds. Work that was stopped is kept: run it again with the same parameters and output.</source>
        <translation>Betten Sie das Bild stattdessen ein, wo noch Beispiele zu zeichnen sind: Dann dauert jede Karte davon Sekunden. Angehaltene Arbeit bleibt erhalten: Starten Sie noch einmal mit denselben Parametern und demselben Ziel.</translation>
    </message>
    <message>
        <source>Model of the embedding</source>
        <translation>Modell der Einbettung</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>Karte</translation>
    </message>
    <message>
        <source>The map to write.</source>
        <translation>Die Karte, die geschrieben wird.</translation>
    </message>
</context>
<context>
    <name>Cluster</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Verweisen der Eingabe folgen</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Liest auch Dateien in anderen Ordnern und im Netz, die ein VRT oder ein STAC-Item nennt.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Kartierung</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Was herauskommt</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Tipp</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth hat kein Python, mit dem es rechnen kann; öffnen Sie in QGIS das MMEarth-Bedienfeld und richten Sie eines ein, oder nennen Sie in der Umgebungsvariablen MMEARTH_PYTHON ein Python, in dem mmearth installiert ist.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Klassenmodell</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Eine mit „Klassen aus Beispielen lernen“ gemachte oder im Bedienfeld gespeicherte Datei.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung ({} Kanäle); machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung; machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>kein Feld</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>„{}“ hat kein Feld „{}“; vorhanden: {}. Wählen Sie das Feld, das die Klasse nennt.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>„{}“ kann nicht in eine Datenbank geschrieben werden; wählen Sie eine eigene Datei.</translation>
    </message>
    <message>
        <source>Cluster embedding</source>
        <translation>Einbettung gruppieren</translation>
    </message>
    <message>
        <source>Groups the pixels of an embedding by likeness, without any samples.</source>
        <translation>Fasst die Pixel einer Einbettung nach Ähnlichkeit zu Gruppen (Clustern) zusammen, ganz ohne Beispiele.</translation>
    </message>
    <message>
        <source>A raster of clusters, numbered from the largest to the smallest. They have no meaning of their own.</source>
        <translation>Ein Raster der Cluster, vom größten zum kleinsten nummeriert. Eine eigene Bedeutung haben sie nicht.</translation>
    </message>
    <message>
        <source>Look at the clusters before you draw samples: they show which classes can be told apart.</source>
        <translation>Sehen Sie sich die Cluster an, bevor Sie Beispiele zeichnen: Sie zeigen, welche Klassen sich unterscheiden lassen.</translation>
    </message>
    <message>
        <source>Number of clusters</source>
        <translation>Anzahl der Cluster</translation>
    </message>
    <message>
        <source>From 2 to 254.</source>
        <translation>Von 2 bis 254.</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>The same seed gives the same map.</source>
        <translation>Derselbe Startwert ergibt dieselbe Karte.</translation>
    </message>
    <message>
        <source>Clusters</source>
        <translation>Cluster</translation>
    </message>
    <message>
        <source>The map to write.</source>
        <translation>Die Karte, die geschrieben wird.</translation>
    </message>
    <message>
        <source>For a working set of several places, in place of a map: the folder to write that of each place into.</source>
        <translation>Für einen Arbeitssatz mit mehreren Orten, anstelle einer Karte: der Ordner, in den die jedes Orts geschrieben wird.</translation>
    </message>
    <message>
        <source>Share of each cluster</source>
        <translation>Anteil jedes Clusters</translation>
    </message>
</context>
<context>
    <name>DatesBox</name>
    <message>
        <source>Each date has a model of its own, and they vote where they are clear: a cloud on one hides nothing.</source>
        <translation>Jedes Datum hat ein eigenes Modell, und sie stimmen ab, wo sie klar sind: Eine Wolke auf einem verdeckt nichts.</translation>
    </message>
    <message>
        <source>One model sees all dates at once and can tell classes by how they change; where a date is not clear there is no map.</source>
        <translation>Ein Modell sieht alle Daten zugleich und kann Klassen an ihrem Wandel erkennen; wo ein Datum nicht klar ist, gibt es keine Karte.</translation>
    </message>
    <message>
        <source>each votes</source>
        <translation>jedes stimmt ab</translation>
    </message>
    <message>
        <source>joined in one model</source>
        <translation>in einem Modell vereint</translation>
    </message>
    <message>
        <source>How the dates of a place decide together: for the live map, validation and the map of the whole</source>
        <translation>Wie die Daten eines Orts zusammen entscheiden: für Live-Karte, Validierung und die Karte des Ganzen</translation>
    </message>
    <message>
        <source>Dates</source>
        <translation>Daten</translation>
    </message>
</context>
<context>
    <name>DiagnosticsButton</name>
    <message>
        <source>Copy versions, settings and logs, without names and passwords</source>
        <translation>Versionen, Einstellungen und Protokolle kopieren, ohne Namen und Passwörter</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
    <message>
        <source>Copy diagnostics</source>
        <translation>Diagnose kopieren</translation>
    </message>
</context>
<context>
    <name>Dock</name>
    <message>
        <source>MMEarth Few-Shot Mapper</source>
        <translation>MMEarth Few-Shot Mapper</translation>
    </message>
    <message>
        <source>Embed</source>
        <translation>Einbetten</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>Beispiele</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>Karte</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>The tour needs a Python to compute with: set one up on this page first.</source>
        <translation>Die Führung braucht ein Python zum Rechnen: Richten Sie zuerst auf dieser Seite eines ein.</translation>
    </message>
</context>
<context>
    <name>Embed</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Verweisen der Eingabe folgen</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Liest auch Dateien in anderen Ordnern und im Netz, die ein VRT oder ein STAC-Item nennt.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Kartierung</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Was herauskommt</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Tipp</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth hat kein Python, mit dem es rechnen kann; öffnen Sie in QGIS das MMEarth-Bedienfeld und richten Sie eines ein, oder nennen Sie in der Umgebungsvariablen MMEARTH_PYTHON ein Python, in dem mmearth installiert ist.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Klassenmodell</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Eine mit „Klassen aus Beispielen lernen“ gemachte oder im Bedienfeld gespeicherte Datei.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung ({} Kanäle); machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung; machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>kein Feld</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>„{}“ hat kein Feld „{}“; vorhanden: {}. Wählen Sie das Feld, das die Klasse nennt.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>„{}“ kann nicht in eine Datenbank geschrieben werden; wählen Sie eine eigene Datei.</translation>
    </message>
    <message>
        <source>Embed layer</source>
        <translation>Layer einbetten</translation>
    </message>
    <message>
        <source>Turns a Sentinel-2 image into an embedding: a raster of 64 learned bands on the same 10 m grid. Every pixel then carries its colour, texture and surroundings, so that a few samples suffice for a map.</source>
        <translation>Macht aus einem Sentinel-2-Bild eine Einbettung: ein Raster aus 64 gelernten Kanälen auf demselben 10-m-Gitter. Jedes Pixel trägt dann seine Farbe, Textur und Umgebung in sich, sodass wenige Beispiele für eine Karte genügen.</translation>
    </message>
    <message>
        <source>A GeoTIFF with the bands E00 … E63, drawn in fixed colours, and beside it a STAC item that says how it was made. Embeddings of one model can be compared across scenes and dates.</source>
        <translation>Ein GeoTIFF mit den Kanälen E00 … E63, in festen Farben dargestellt, und daneben ein STAC-Item, das sagt, wie es entstand. Einbettungen desselben Modells sind über Szenen und Daten hinweg vergleichbar.</translation>
    </message>
    <message>
        <source>Work that was stopped is kept: run it again with the same parameters and output, and it goes on where it stopped.</source>
        <translation>Angehaltene Arbeit bleibt erhalten: Starten Sie noch einmal mit denselben Parametern und derselben Ausgabe, dann geht es dort weiter.</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>The GeoTIFF to write.</source>
        <translation>Das GeoTIFF, das geschrieben wird.</translation>
    </message>
    <message>
        <source>Pixels with an embedding</source>
        <translation>Pixel mit Einbettung</translation>
    </message>
    <message>
        <source>Share of clipped values</source>
        <translation>Anteil begrenzter Werte</translation>
    </message>
    <message>
        <source>Name of the model</source>
        <translation>Name des Modells</translation>
    </message>
    <message>
        <source>Identifier of the model</source>
        <translation>Kennung des Modells</translation>
    </message>
    <message>
        <source>STAC item</source>
        <translation>STAC-Item</translation>
    </message>
    <message>
        <source>{} Mpx embedded with {} in {} s; {} % of values clipped.</source>
        <translation>{} Mpx mit {} in {} s eingebettet; {} % der Werte begrenzt.</translation>
    </message>
    <message>
        <source>Sentinel-2 layer</source>
        <translation>Sentinel-2-Layer</translation>
    </message>
    <message>
        <source>A raster file with at least four Sentinel-2 bands, recognised by their names.</source>
        <translation>Eine Rasterdatei mit mindestens vier Sentinel-2-Kanälen, erkannt an ihren Namen.</translation>
    </message>
    <message>
        <source>… or Sentinel-2 product</source>
        <translation>… oder Sentinel-2-Produkt</translation>
    </message>
    <message>
        <source>Sentinel-2 products (*.zip *.json *.xml);;All files (*)</source>
        <translation>Sentinel-2-Produkte (*.zip *.json *.xml);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Instead of a layer: the zip of a product, or a STAC item (.json).</source>
        <translation>Statt eines Layers: die Zip-Datei eines Produkts oder ein STAC-Item (.json).</translation>
    </message>
    <message>
        <source>… or folder</source>
        <translation>… oder Ordner</translation>
    </message>
    <message>
        <source>Instead of both: the .SAFE folder of a product, or a folder of single-band files.</source>
        <translation>Statt beidem: der .SAFE-Ordner eines Produkts oder ein Ordner mit einer Datei je Kanal.</translation>
    </message>
    <message>
        <source>Extent</source>
        <translation>Ausdehnung</translation>
    </message>
    <message>
        <source>Only this part is embedded; by default everything.</source>
        <translation>Nur dieser Teil wird eingebettet; sonst alles.</translation>
    </message>
    <message>
        <source>Area of interest</source>
        <translation>Interessengebiet</translation>
    </message>
    <message>
        <source>Only pixels inside these polygons are embedded.</source>
        <translation>Nur Pixel in diesen Polygonen werden eingebettet.</translation>
    </message>
    <message>
        <source>Processing level</source>
        <translation>Verarbeitungsstufe</translation>
    </message>
    <message>
        <source>L1C is top-of-atmosphere, L2A surface reflectance; auto reads it from the metadata.</source>
        <translation>L1C ist am Oberrand der Atmosphäre, L2A Bodenreflexion; auto liest es aus den Metadaten.</translation>
    </message>
    <message>
        <source>Coordinate reference system</source>
        <translation>Koordinatenbezugssystem</translation>
    </message>
    <message>
        <source>That of a product or folder whose files have none; a layer has its own.</source>
        <translation>Das eines Produkts oder Ordners, dessen Dateien keines haben; ein Layer hat sein eigenes.</translation>
    </message>
    <message>
        <source>Bands</source>
        <translation>Kanäle</translation>
    </message>
    <message>
        <source>What the layer's bands are when their names do not say it, for example B02,B03,B04,B08.</source>
        <translation>Was die Kanäle des Layers sind, falls ihre Namen es nicht sagen, zum Beispiel B02,B03,B04,B08.</translation>
    </message>
    <message>
        <source>Offset</source>
        <translation>Offset</translation>
    </message>
    <message>
        <source>Added to reflectance × 10000: -1000 (reflectance -0.1) for products of baseline 04.00 and later, else 0; blank: from the metadata.</source>
        <translation>Wird zu Reflexionsgrad × 10000 addiert: -1000 (Reflexionsgrad -0,1) bei Produkten ab Baseline 04.00, sonst 0; leer: aus den Metadaten.</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>Skalierung</translation>
    </message>
    <message>
        <source>Reflectance of one raw unit, for example 0.0001; blank: from the metadata.</source>
        <translation>Reflexionsgrad einer Einheit der Rohwerte, zum Beispiel 0.0001; leer: aus den Metadaten.</translation>
    </message>
    <message>
        <source>Mask</source>
        <translation>Maske</translation>
    </message>
    <message>
        <source>A raster of pixels to leave out, clouds for example.</source>
        <translation>Ein Raster der Pixel, die ausgelassen werden, zum Beispiel Wolken.</translation>
    </message>
    <message>
        <source>Mask values</source>
        <translation>Werte der Maske</translation>
    </message>
    <message>
        <source>Values of the mask that are left out, for example 3,8,9,10, or a range such as 40-100; blank: what a known mask (SCL, Fmask, MAJA) calls cloud, else all but 0.</source>
        <translation>Werte der Maske, die ausgelassen werden, zum Beispiel 3,8,9,10, oder ein Bereich wie 40-100; leer: was eine bekannte Maske (SCL, Fmask, MAJA) Wolke nennt, sonst alles außer 0.</translation>
    </message>
    <message>
        <source>Mask bits</source>
        <translation>Bits der Maske</translation>
    </message>
    <message>
        <source>Bits of the mask that are left out if it is a bit field: numbers from 0, or names such as cloud.</source>
        <translation>Bits der Maske, die ausgelassen werden, wenn sie ein Bitfeld ist: Nummern ab 0 oder Namen wie cloud.</translation>
    </message>
    <message>
        <source>Leave out clouds</source>
        <translation>Wolken auslassen</translation>
    </message>
    <message>
        <source>Leaves out what the product's scene classification calls cloud, shadow or cirrus.</source>
        <translation>Lässt aus, was die Szenenklassifikation des Produkts Wolke, Schatten oder Zirrus nennt.</translation>
    </message>
    <message>
        <source>Models (*.onnx *.safetensors);;All files (*)</source>
        <translation>Modelle (*.onnx *.safetensors);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Name or file of a model; blank: the one chosen in the options of MMEarth.</source>
        <translation>Name oder Datei eines Modells; leer: das in den Optionen von MMEarth gewählte.</translation>
    </message>
    <message>
        <source>Backend</source>
        <translation>Backend</translation>
    </message>
    <message>
        <source>What runs the model: onnx on the processor, or torch on a graphics card.</source>
        <translation>Was das Modell ausführt: onnx auf dem Prozessor oder torch auf einer Grafikkarte.</translation>
    </message>
    <message>
        <source>Tile</source>
        <translation>Kachel</translation>
    </message>
    <message>
        <source>Side in pixels of what is computed at once; smaller needs less memory. Blank: what suits 2 GB.</source>
        <translation>Seitenlänge in Pixeln dessen, was auf einmal berechnet wird; kleiner braucht weniger Speicher. Leer: passend für 2 GB.</translation>
    </message>
    <message>
        <source>Halo</source>
        <translation>Rand (Halo)</translation>
    </message>
    <message>
        <source>Context in pixels around each tile, or “exact”; blank: what the model needs.</source>
        <translation>Umgebung in Pixeln um jede Kachel, oder „exact“; leer: was das Modell braucht.</translation>
    </message>
    <message>
        <source>Go on with an interrupted run</source>
        <translation>Unterbrochenen Lauf fortsetzen</translation>
    </message>
    <message>
        <source>Uses the tiles that an interrupted run with the same parameters has finished.</source>
        <translation>Verwendet die Kacheln, die ein unterbrochener Lauf mit denselben Parametern fertiggestellt hat.</translation>
    </message>
    <message>
        <source>What to embed is not said, or more than once; choose a Sentinel-2 layer, a product or a folder.</source>
        <translation>Was einzubetten ist, ist nicht gesagt oder mehr als einmal; wählen Sie einen Sentinel-2-Layer, ein Produkt oder einen Ordner.</translation>
    </message>
    <message>
        <source>“{}” is an embedding already; choose the Sentinel-2 layer.</source>
        <translation>„{}“ ist schon eine Einbettung; wählen Sie den Sentinel-2-Layer.</translation>
    </message>
    <message>
        <source>“{}” has too few bands ({}); choose a layer with at least {} Sentinel-2 bands.</source>
        <translation>„{}“ hat zu wenige Bänder ({}); wählen Sie einen Layer mit mindestens {} Sentinel-2-Bändern.</translation>
    </message>
    <message>
        <source>“{}” has {} bands, and {} are named; name each of them, in their order.</source>
        <translation>„{}“ hat {} Kanäle, benannt sind {}; benennen Sie jeden davon, in ihrer Reihenfolge.</translation>
    </message>
    <message>
        <source>“{0}” is in {1}, and {2} was chosen; leave it blank, or set that of the layer.</source>
        <translation>„{0}“ ist in {1}, und gewählt wurde {2}; lassen Sie es leer, oder setzen Sie das des Layers.</translation>
    </message>
    <message>
        <source>There are mask values but no mask; choose the raster that holds them.</source>
        <translation>Es gibt Werte der Maske, aber keine Maske; wählen Sie das Raster, das sie enthält.</translation>
    </message>
    <message>
        <source>The mask values are not understood; write numbers or ranges with commas between, as 3,8 or 40-100.</source>
        <translation>Die Maskenwerte sind nicht zu verstehen; schreiben Sie Zahlen oder Bereiche mit Kommas dazwischen, wie 3,8 oder 40-100.</translation>
    </message>
    <message>
        <source>There are mask bits but no mask; choose the raster that holds them.</source>
        <translation>Es gibt Bits der Maske, aber keine Maske; wählen Sie das Raster, das sie enthält.</translation>
    </message>
    <message>
        <source>Mask values and mask bits say the same thing twice; give one of them.</source>
        <translation>Maskenwerte und Bits der Maske sagen dasselbe doppelt; geben Sie eines davon an.</translation>
    </message>
    <message>
        <source>“{}” is no halo; write a number of pixels or the word exact.</source>
        <translation>„{}“ ist kein Halo; schreiben Sie eine Zahl von Pixeln oder das Wort exact.</translation>
    </message>
</context>
<context>
    <name>EmbedForm</name>
    <message>
        <source>No layer of polygons is chosen; choose one, or another area.</source>
        <translation>Es ist kein Polygonlayer gewählt; wählen Sie einen, oder ein anderes Gebiet.</translation>
    </message>
    <message>
        <source>Area</source>
        <translation>Gebiet</translation>
    </message>
    <message>
        <source>Whole layer</source>
        <translation>Ganzer Layer</translation>
    </message>
    <message>
        <source>What the map shows</source>
        <translation>Kartenausschnitt</translation>
    </message>
    <message>
        <source>Inside polygons</source>
        <translation>In Polygonen</translation>
    </message>
    <message>
        <source>Embed every pixel of the layer</source>
        <translation>Jedes Pixel des Layers einbetten</translation>
    </message>
    <message>
        <source>Embed the pixels that the map shows now</source>
        <translation>Die Pixel einbetten, die die Karte gerade zeigt</translation>
    </message>
    <message>
        <source>Embed the pixels inside the selected polygons, or all when none is</source>
        <translation>Die Pixel in den ausgewählten Polygonen einbetten, oder in allen, wenn keines ausgewählt ist</translation>
    </message>
    <message>
        <source>The layer with the polygons</source>
        <translation>Der Layer mit den Polygonen</translation>
    </message>
    <message>
        <source>Bands</source>
        <translation>Kanäle</translation>
    </message>
    <message>
        <source>Level, offset, unit</source>
        <translation>Stufe, Offset, Einheit</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>L1C – top of atmosphere</source>
        <translation>L1C – Oberrand der Atmosphäre</translation>
    </message>
    <message>
        <source>L2A – surface reflectance</source>
        <translation>L2A – Bodenreflexion</translation>
    </message>
    <message>
        <source>0 – none, or removed</source>
        <translation>0 – keiner, oder schon abgezogen</translation>
    </message>
    <message>
        <source>−1000 (reflectance −0.1) – to be removed</source>
        <translation>−1000 (Reflexionsgrad −0,1) – noch abzuziehen</translation>
    </message>
    <message>
        <source>Reflectance × 10 000</source>
        <translation>Reflexionsgrad × 10 000</translation>
    </message>
    <message>
        <source>Reflectance × 1000</source>
        <translation>Reflexionsgrad × 1000</translation>
    </message>
    <message>
        <source>Percent</source>
        <translation>Prozent</translation>
    </message>
    <message>
        <source>Reflectance, 0 … 1</source>
        <translation>Reflexionsgrad, 0 … 1</translation>
    </message>
    <message>
        <source>The processing level of the Sentinel-2 product</source>
        <translation>Die Verarbeitungsstufe des Sentinel-2-Produkts</translation>
    </message>
    <message>
        <source>Products of baseline 04.00 (January 2022) and later carry 1000 (reflectance 0.1) in their values</source>
        <translation>Produkte ab Baseline 04.00 (Januar 2022) tragen 1000 (Reflexionsgrad 0,1) in ihren Werten</translation>
    </message>
    <message>
        <source>The unit of the values</source>
        <translation>Die Einheit der Werte</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Stufe</translation>
    </message>
    <message>
        <source>Offset</source>
        <translation>Offset</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>Einheit</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>Erweitert</translation>
    </message>
    <message>
        <source>Models (*.onnx *.safetensors)</source>
        <translation>Modelle (*.onnx *.safetensors)</translation>
    </message>
    <message>
        <source>Default model</source>
        <translation>Standardmodell</translation>
    </message>
    <message>
        <source>A file or name of another model than the default one</source>
        <translation>Datei oder Name eines anderen Modells als des Standardmodells</translation>
    </message>
    <message>
        <source>GeoTIFF (*.tif)</source>
        <translation>GeoTIFF (*.tif)</translation>
    </message>
    <message>
        <source>In the cache</source>
        <translation>Im Cache</translation>
    </message>
    <message>
        <source>Where to write the embedding; in the cache it is found again by itself</source>
        <translation>Wohin die Einbettung geschrieben wird; im Cache wird sie von selbst wiedergefunden</translation>
    </message>
    <message>
        <source>Leave out clouds and shadows</source>
        <translation>Wolken und Schatten auslassen</translation>
    </message>
    <message>
        <source>By the scene classification (SCL) of the layer, where it has one</source>
        <translation>Nach der Szenenklassifikation (SCL) des Layers, wo er eine hat</translation>
    </message>
    <message>
        <source>Follow what the layer refers to</source>
        <translation>Verweisen des Layers folgen</translation>
    </message>
    <message>
        <source>Read also files in other folders and on the network that a VRT names; for a layer you know only</source>
        <translation>Auch Dateien in anderen Ordnern und im Netz lesen, die ein VRT nennt; nur bei einem Layer, dessen Herkunft Sie kennen</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
</context>
<context>
    <name>EmbedJob</name>
    <message>
        <source>Embedding, so far</source>
        <translation>Einbettung bis jetzt</translation>
    </message>
    <message>
        <source>Looking at {}…</source>
        <translation>{} wird untersucht…</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Wird angehalten…</translation>
    </message>
    <message>
        <source>Embed {}</source>
        <translation>{} einbetten</translation>
    </message>
    <message>
        <source>The folder for the embedding of {0} cannot be made ({1}); choose another place for it.</source>
        <translation>Der Ordner für das Embedding von {0} ließ sich nicht anlegen ({1}); wählen Sie einen anderen Ort dafür.</translation>
    </message>
    <message>
        <source>Going on: {0} of {1} tiles are done.</source>
        <translation>Fortsetzung: {0} von {1} Kacheln sind fertig.</translation>
    </message>
    <message>
        <source>Embedding {}…</source>
        <translation>{} wird eingebettet…</translation>
    </message>
    <message>
        <source>{} was written but cannot be opened; embed the layer again.</source>
        <translation>{} wurde geschrieben, lässt sich aber nicht öffnen; betten Sie den Layer noch einmal ein.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>{} Mpx/s</source>
        <translation>{} Mpx/s</translation>
    </message>
    <message>
        <source>{} left</source>
        <translation>noch {}</translation>
    </message>
</context>
<context>
    <name>EmbedPanel</name>
    <message>
        <source>The Sentinel-2 layer to embed</source>
        <translation>Der Sentinel-2-Layer, der eingebettet wird</translation>
    </message>
    <message>
        <source>{} cannot be embedded; choose a Sentinel-2 raster.</source>
        <translation>{} kann nicht eingebettet werden; wählen Sie ein Sentinel-2-Raster.</translation>
    </message>
    <message>
        <source>{} is being written already; choose another file.</source>
        <translation>{} wird schon geschrieben; wählen Sie eine andere Datei.</translation>
    </message>
    <message>
        <source>{} exists. Replace it?</source>
        <translation>{} ist schon vorhanden. Ersetzen?</translation>
    </message>
    <message>
        <source>Replace file?</source>
        <translation>Datei ersetzen?</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Layer</translation>
    </message>
    <message>
        <source>Embed layer</source>
        <translation>Layer einbetten</translation>
    </message>
    <message>
        <source>Compute the embedding of the layer, or open it if it is in the cache</source>
        <translation>Die Einbettung des Layers berechnen, oder öffnen, wenn sie im Cache liegt</translation>
    </message>
    <message>
        <source>Draw samples</source>
        <translation>Beispiele zeichnen</translation>
    </message>
    <message>
        <source>The next step: draw what you know, in a new sample layer unless there is one</source>
        <translation>Der nächste Schritt: zeichnen, was Sie kennen, in einen neuen Beispiellayer, wenn es noch keinen gibt</translation>
    </message>
    <message>
        <source>Add a Sentinel-2 raster to the project to begin.</source>
        <translation>Fügen Sie dem Projekt zuerst ein Sentinel-2-Raster hinzu.</translation>
    </message>
    <message>
        <source>The environment that computes embeddings is not set up yet.</source>
        <translation>Die Umgebung, die Einbettungen berechnet, ist noch nicht eingerichtet.</translation>
    </message>
    <message>
        <source>{} has too few bands for a Sentinel-2 scene ({} of at least {}); choose another layer.</source>
        <translation>{} hat zu wenige Bänder für eine Sentinel-2-Szene ({} von mindestens {}); wählen Sie einen anderen Layer.</translation>
    </message>
    <message>
        <source>Looking at {}…</source>
        <translation>{} wird untersucht…</translation>
    </message>
    <message>
        <source>{0} of {1} bands · {2} · offset {3}</source>
        <translation>{0} von {1} Kanälen · {2} · Offset {3}</translation>
    </message>
    <message>
        <source>{0} × {1} px</source>
        <translation>{0} × {1} px</translation>
    </message>
    <message>
        <source>about {}</source>
        <translation>etwa {}</translation>
    </message>
    <message>
        <source>Filled: {}</source>
        <translation>Ergänzt: {}</translation>
    </message>
    <message>
        <source>Already embedded – opens at once.</source>
        <translation>Schon eingebettet – wird sofort geöffnet.</translation>
    </message>
    <message>
        <source>{0} of {1} tiles are done – goes on there.</source>
        <translation>{0} von {1} Kacheln sind fertig – dort geht es weiter.</translation>
    </message>
    <message>
        <source>This layer is being embedded, or waits for it; choose another to embed it next</source>
        <translation>Dieser Layer wird gerade eingebettet oder wartet darauf; wählen Sie einen anderen, um ihn als Nächsten einzubetten</translation>
    </message>
    <message>
        <source>Embed the layer when those before it are done; nothing has to be waited for here</source>
        <translation>Den Layer einbetten, wenn die vor ihm fertig sind; hier muss man auf nichts warten</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal</translation>
    </message>
    <message>
        <source>Embed next</source>
        <translation>Als Nächsten einbetten</translation>
    </message>
    <message>
        <source>{} is embedded. Its project was closed; the embedding is kept.</source>
        <translation>{} ist eingebettet. Das Projekt wurde geschlossen; die Einbettung bleibt erhalten.</translation>
    </message>
    <message>
        <source>{} was embedded before: opened from the cache.</source>
        <translation>{} war schon eingebettet: aus dem Cache geöffnet.</translation>
    </message>
    <message>
        <source>{} is embedded.</source>
        <translation>{} ist eingebettet.</translation>
    </message>
    <message>
        <source>{0} cancelled. Finished tiles ({1}) are kept; embed the layer again to go on.</source>
        <translation>{0} abgebrochen. Fertige Kacheln ({1}) bleiben; betten Sie den Layer wieder ein, um fortzufahren.</translation>
    </message>
    <message>
        <source>{} cancelled; no tile was finished yet.</source>
        <translation>{} abgebrochen; es war noch keine Kachel fertig.</translation>
    </message>
</context>
<context>
    <name>EmbedRequest</name>
    <message>
        <source>The map shows nothing of {}; move there or choose the whole layer.</source>
        <translation>Die Karte zeigt nichts von {}; verschieben Sie sie dorthin oder wählen Sie den ganzen Layer.</translation>
    </message>
    <message>
        <source>The polygons of {0} cannot be written ({1}); make room on the disk and try again.</source>
        <translation>Die Polygone von {0} lassen sich nicht schreiben ({1}); schaffen Sie Platz auf dem Datenträger und versuchen Sie es noch einmal.</translation>
    </message>
</context>
<context>
    <name>EmbeddingsBox</name>
    <message>
        <source>Embedding in use</source>
        <translation>Verwendete Einbettung</translation>
    </message>
    <message>
        <source>The embedding that samples, map and similarity work on</source>
        <translation>Die Einbettung, auf der Beispiele, Karte und Ähnlichkeit beruhen</translation>
    </message>
    <message>
        <source>Open embedding file…</source>
        <translation>Einbettung öffnen…</translation>
    </message>
    <message>
        <source>Cache…</source>
        <translation>Cache…</translation>
    </message>
    <message>
        <source>See what the cache holds, open or remove it</source>
        <translation>Ansehen, was im Cache liegt, es öffnen oder entfernen</translation>
    </message>
    <message>
        <source>Several scenes…</source>
        <translation>Mehrere Szenen…</translation>
    </message>
    <message>
        <source>Several dates, places and layers together: list them, embed them all, map them with one model</source>
        <translation>Mehrere Tage, Orte und Layer zusammen: auflisten, alle einbetten, mit einem Modell kartieren</translation>
    </message>
    <message>
        <source>None yet</source>
        <translation>Noch keine</translation>
    </message>
    <message>
        <source>Choose one</source>
        <translation>Bitte wählen</translation>
    </message>
    <message>
        <source>Cache: {0} of {1}</source>
        <translation>Cache: {0} von {1}</translation>
    </message>
    <message>
        <source>{} is no embedding raster; embed a layer first.</source>
        <translation>{} ist kein Einbettungsraster; betten Sie zuerst einen Layer ein.</translation>
    </message>
    <message>
        <source>{} scenes together</source>
        <translation>{} Szenen zusammen</translation>
    </message>
    <message>
        <source>{0}, {1} places</source>
        <translation>{0}, {1} Orte</translation>
    </message>
    <message>
        <source>Open embedding file</source>
        <translation>Einbettung öffnen</translation>
    </message>
    <message>
        <source>Embedding rasters (*.tif *.tiff)</source>
        <translation>Einbettungsraster (*.tif *.tiff)</translation>
    </message>
</context>
<context>
    <name>Environment</name>
    <message>
        <source>{path} did not answer within {seconds} s: try again, or choose another Python.</source>
        <translation>{path} hat in {seconds} s nicht geantwortet: Versuchen Sie es noch einmal, oder wählen Sie ein anderes Python.</translation>
    </message>
    <message>
        <source>{path} cannot be started ({reason}): choose another Python.</source>
        <translation>{path} lässt sich nicht starten ({reason}): Wählen Sie ein anderes Python.</translation>
    </message>
    <message>
        <source>it gave no answer</source>
        <translation>es kam keine Antwort</translation>
    </message>
    <message>
        <source>{path} does not work as a Python ({reason}): choose another one.</source>
        <translation>{path} funktioniert nicht als Python ({reason}): Wählen Sie ein anderes.</translation>
    </message>
    <message>
        <source>{path} is a folder: choose the Python in it, for example {example}.</source>
        <translation>{path} ist ein Ordner: Wählen Sie das Python darin, zum Beispiel {example}.</translation>
    </message>
    <message>
        <source>{path} was not found: choose another Python, or create the environment.</source>
        <translation>{path} wurde nicht gefunden: Wählen Sie ein anderes Python, oder legen Sie die Umgebung an.</translation>
    </message>
    <message>
        <source>{path} is QGIS itself: choose a Python outside QGIS, or create the environment.</source>
        <translation>{path} ist QGIS selbst: Wählen Sie ein Python außerhalb von QGIS, oder legen Sie die Umgebung an.</translation>
    </message>
    <message>
        <source>{path} is not executable: choose a Python program, or allow it to be run.</source>
        <translation>{path} ist nicht ausführbar: Wählen Sie ein Python-Programm, oder erlauben Sie die Ausführung.</translation>
    </message>
    <message>
        <source>{path} is Python {python}, which is too old: choose Python {oldest} or newer.</source>
        <translation>{path} ist Python {python} und damit zu alt: Wählen Sie Python {oldest} oder neuer.</translation>
    </message>
    <message>
        <source>{path} has no {package}: install mmearth there with “pip install mmearth”, or create the environment.</source>
        <translation>In {path} fehlt {package}: Installieren Sie dort mmearth mit „pip install mmearth“, oder legen Sie die Umgebung an.</translation>
    </message>
    <message>
        <source>{path}: {package} cannot be loaded. {failure} {action}</source>
        <translation>{path}: {package} kann nicht geladen werden. {failure} {action}</translation>
    </message>
    <message>
        <source>{path} has mmearth {mmearth}, but the plugin needs {wanted}: install that version there, or create the environment anew.</source>
        <translation>{path} hat mmearth {mmearth}, das Plugin braucht aber {wanted}: Installieren Sie dort diese Version, oder legen Sie die Umgebung neu an.</translation>
    </message>
    <message>
        <source>{path}: its mmearth {mmearth} has no worker: install it again.</source>
        <translation>{path}: mmearth {mmearth} hat dort keinen Rechenprozess: Installieren Sie es neu.</translation>
    </message>
    <message>
        <source>Ready: Python {python}, mmearth {mmearth}, ONNX Runtime {onnxruntime}</source>
        <translation>Bereit: Python {python}, mmearth {mmearth}, ONNX Runtime {onnxruntime}</translation>
    </message>
    <message>
        <source>, torch {torch}</source>
        <translation>, torch {torch}</translation>
    </message>
</context>
<context>
    <name>EnvironmentBox</name>
    <message>
        <source>Choose a new or empty folder</source>
        <translation>Neuen oder leeren Ordner wählen</translation>
    </message>
    <message>
        <source>Where the environment is made: a new or empty folder</source>
        <translation>Wo die Umgebung angelegt wird: ein neuer oder leerer Ordner</translation>
    </message>
    <message>
        <source>Internet (PyPI)</source>
        <translation>Internet (PyPI)</translation>
    </message>
    <message>
        <source>Another index</source>
        <translation>Anderer Index</translation>
    </message>
    <message>
        <source>Folder of wheels</source>
        <translation>Ordner mit Wheels</translation>
    </message>
    <message>
        <source>Where the packages come from; pip's own configuration counts for the first</source>
        <translation>Woher die Pakete kommen; beim ersten gilt die eigene Konfiguration von pip</translation>
    </message>
    <message>
        <source>Address of a package index, such as one inside your organisation</source>
        <translation>Adresse eines Paketindex, zum Beispiel eines in Ihrer Organisation</translation>
    </message>
    <message>
        <source>Folder with the wheels of all packages, made by “pip download”; no network</source>
        <translation>Ordner mit den Wheels aller Pakete, mit „pip download“ gemacht; ohne Netz</translation>
    </message>
    <message>
        <source>Use the graphics card (adds torch)</source>
        <translation>Grafikkarte verwenden (mit torch)</translation>
    </message>
    <message>
        <source>Installs torch, which is large; without it the processor computes</source>
        <translation>Installiert torch, das groß ist; ohne es rechnet der Prozessor</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>Entfernen…</translation>
    </message>
    <message>
        <source>Delete the environment from the disk; embeddings and maps stay</source>
        <translation>Die Umgebung vom Datenträger löschen; Einbettungen und Karten bleiben</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Stop, and remove what has been made so far</source>
        <translation>Anhalten und entfernen, was bisher angelegt wurde</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Packages</source>
        <translation>Pakete</translation>
    </message>
    <message>
        <source>Say from where: an address or a folder is missing.</source>
        <translation>Geben Sie an, woher: Es fehlt eine Adresse oder ein Ordner.</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Wird angehalten…</translation>
    </message>
    <message>
        <source>Installed: mmearth {version}, Python {python}, {size} GB.</source>
        <translation>Installiert: mmearth {version}, Python {python}, {size} GB.</translation>
    </message>
    <message>
        <source>The environment was made for another version of the plugin ({version}): update it.</source>
        <translation>Die Umgebung wurde für eine andere Version des Plugins angelegt ({version}): Aktualisieren Sie sie.</translation>
    </message>
    <message>
        <source>An installation was interrupted: create the environment again.</source>
        <translation>Eine Installation wurde unterbrochen: Legen Sie die Umgebung noch einmal an.</translation>
    </message>
    <message>
        <source>This folder holds other files: choose a new or empty one.</source>
        <translation>Dieser Ordner enthält andere Dateien: Wählen Sie einen neuen oder leeren.</translation>
    </message>
    <message>
        <source>Create again</source>
        <translation>Neu anlegen</translation>
    </message>
    <message>
        <source>Update environment</source>
        <translation>Umgebung aktualisieren</translation>
    </message>
    <message>
        <source>Create environment</source>
        <translation>Umgebung anlegen</translation>
    </message>
    <message>
        <source>Takes about {size} GB on disk and downloads nothing.</source>
        <translation>Belegt etwa {size} GB auf dem Datenträger und lädt nichts herunter.</translation>
    </message>
    <message>
        <source>Downloads about {download} GB and takes {size} GB on disk.</source>
        <translation>Lädt etwa {download} GB herunter und belegt {size} GB auf dem Datenträger.</translation>
    </message>
    <message>
        <source>Make the environment now.</source>
        <translation>Die Umgebung jetzt anlegen.</translation>
    </message>
    <message>
        <source>Cancelled; nothing was left behind.</source>
        <translation>Abgebrochen; es blieb nichts zurück.</translation>
    </message>
    <message>
        <source>Delete the environment in {folder}? Embeddings and maps stay.</source>
        <translation>Die Umgebung in {folder} löschen? Einbettungen und Karten bleiben.</translation>
    </message>
    <message>
        <source>Remove environment</source>
        <translation>Umgebung entfernen</translation>
    </message>
</context>
<context>
    <name>ExampleButton</name>
    <message>
        <source>A small synthetic scene is made and loaded, and a tour shows the first map on it</source>
        <translation>Eine kleine künstliche Szene wird erzeugt und geladen, und eine Führung zeigt daran die erste Karte</translation>
    </message>
    <message>
        <source>Making the example…</source>
        <translation>Das Beispiel wird erzeugt …</translation>
    </message>
    <message>
        <source>Making the example</source>
        <translation>Das Beispiel wird erzeugt</translation>
    </message>
    <message>
        <source>Try with the example</source>
        <translation>Mit dem Beispiel ausprobieren</translation>
    </message>
    <message>
        <source>Example</source>
        <translation>Beispiel</translation>
    </message>
    <message>
        <source>QGIS cannot read the example {}; remove the file and try again.</source>
        <translation>QGIS kann das Beispiel {} nicht lesen; entfernen Sie die Datei und versuchen Sie es noch einmal.</translation>
    </message>
</context>
<context>
    <name>Failures</name>
    <message>
        <source>The disk is full.</source>
        <translation>Der Datenträger ist voll.</translation>
    </message>
    <message>
        <source>Make room, or choose a folder on another disk, and try again.</source>
        <translation>Schaffen Sie Platz, oder wählen Sie einen Ordner auf einem anderen Datenträger, und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The proxy asks for a user name and a password.</source>
        <translation>Der Proxy verlangt Benutzername und Passwort.</translation>
    </message>
    <message>
        <source>Set HTTPS_PROXY to http://user&#58;password@proxy:port before QGIS starts, or install from a folder of wheels.</source>
        <translation>Setzen Sie vor dem Start von QGIS HTTPS_PROXY auf http://user&#58;password@proxy:port, oder installieren Sie aus einem Ordner mit Wheels.</translation>
    </message>
    <message>
        <source>The proxy cannot be reached or refuses the connection.</source>
        <translation>Der Proxy ist nicht erreichbar oder lehnt die Verbindung ab.</translation>
    </message>
    <message>
        <source>Check HTTPS_PROXY and NO_PROXY, or install from a folder of wheels.</source>
        <translation>Prüfen Sie HTTPS_PROXY und NO_PROXY, oder installieren Sie aus einem Ordner mit Wheels.</translation>
    </message>
    <message>
        <source>The certificate of the package index is not trusted on this computer.</source>
        <translation>Dem Zertifikat des Paketindex wird auf diesem Computer nicht vertraut.</translation>
    </message>
    <message>
        <source>Ask your administrator for the organisation's certificate and set SSL_CERT_FILE and PIP_CERT to it before QGIS starts, or install from a folder of wheels.</source>
        <translation>Fragen Sie Ihre Systemverwaltung nach dem Zertifikat der Organisation und setzen Sie SSL_CERT_FILE und PIP_CERT vor dem Start von QGIS darauf, oder installieren Sie aus einem Ordner mit Wheels.</translation>
    </message>
    <message>
        <source>A downloaded package is not what it should be: its hash differs.</source>
        <translation>Ein heruntergeladenes Paket ist nicht, was es sein soll: Seine Prüfsumme weicht ab.</translation>
    </message>
    <message>
        <source>Try again; if it stays so, the index or a proxy changes files: use another one.</source>
        <translation>Versuchen Sie es noch einmal; bleibt es dabei, verändert der Index oder ein Proxy die Dateien: Verwenden Sie einen anderen.</translation>
    </message>
    <message>
        <source>A policy of this computer does not allow programs to run from that folder.</source>
        <translation>Eine Richtlinie dieses Computers erlaubt es nicht, Programme aus diesem Ordner zu starten.</translation>
    </message>
    <message>
        <source>Choose a folder from which programs may run, or ask your administrator to allow it.</source>
        <translation>Wählen Sie einen Ordner, aus dem Programme gestartet werden dürfen, oder bitten Sie Ihre Systemverwaltung, es zu erlauben.</translation>
    </message>
    <message>
        <source>The antivirus program stopped the installation.</source>
        <translation>Das Antivirenprogramm hat die Installation aufgehalten.</translation>
    </message>
    <message>
        <source>Exclude the environment's folder from its scan, and try again.</source>
        <translation>Nehmen Sie den Ordner der Umgebung von der Prüfung aus und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The Python found on this computer cannot make environments: it lacks the module venv.</source>
        <translation>Das auf diesem Computer gefundene Python kann keine Umgebungen anlegen: Ihm fehlt das Modul venv.</translation>
    </message>
    <message>
        <source>On Debian and Ubuntu run “sudo apt install python3-venv”; elsewhere install Python from python.org.</source>
        <translation>Führen Sie unter Debian und Ubuntu „sudo apt install python3-venv“ aus; sonst installieren Sie Python von python.org.</translation>
    </message>
    <message>
        <source>The environment has no pip.</source>
        <translation>Die Umgebung hat kein pip.</translation>
    </message>
    <message>
        <source>Remove the environment and create it again.</source>
        <translation>Entfernen Sie die Umgebung und legen Sie sie neu an.</translation>
    </message>
    <message>
        <source>The system's C library is too old for the packages.</source>
        <translation>Die C-Bibliothek des Systems ist zu alt für die Pakete.</translation>
    </message>
    <message>
        <source>A newer system is needed (glibc 2.28 or newer, such as Ubuntu 20.04 or Debian 11).</source>
        <translation>Es braucht ein neueres System (glibc 2.28 oder neuer, etwa Ubuntu 20.04 oder Debian 11).</translation>
    </message>
    <message>
        <source>A library of Windows could not start (WinError 1114).</source>
        <translation>Eine Bibliothek von Windows konnte nicht starten (WinError 1114).</translation>
    </message>
    <message>
        <source>Install the newest Microsoft Visual C++ Redistributable (x64), restart the computer and try again.</source>
        <translation>Installieren Sie das neueste Microsoft Visual C++ Redistributable (x64), starten Sie den Computer neu und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>A library that Windows needs for it is missing.</source>
        <translation>Eine Bibliothek, die Windows dafür braucht, fehlt.</translation>
    </message>
    <message>
        <source>Install the Microsoft Visual C++ Redistributable (x64) and try again.</source>
        <translation>Installieren Sie das Microsoft Visual C++ Redistributable (x64) und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The computer's memory ran out.</source>
        <translation>Der Arbeitsspeicher des Computers reichte nicht.</translation>
    </message>
    <message>
        <source>Close other programs and try again.</source>
        <translation>Schließen Sie andere Programme und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The Python found is of a version the packages do not support.</source>
        <translation>Das gefundene Python hat eine Version, die die Pakete nicht unterstützen.</translation>
    </message>
    <message>
        <source>Install Python 3.11, 3.12 or 3.13 and try again.</source>
        <translation>Installieren Sie Python 3.11, 3.12 oder 3.13 und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The packages ask for versions of each other that do not go together.</source>
        <translation>Die Pakete verlangen voneinander Versionen, die nicht zusammenpassen.</translation>
    </message>
    <message>
        <source>Create the environment in an empty folder, from an index that has all versions.</source>
        <translation>Legen Sie die Umgebung in einem leeren Ordner an, aus einem Index, der alle Versionen hat.</translation>
    </message>
    <message>
        <source>The connection was too slow: the package index did not answer in time.</source>
        <translation>Die Verbindung war zu langsam: Der Paketindex antwortete nicht rechtzeitig.</translation>
    </message>
    <message>
        <source>Try again later, or install from a folder of wheels.</source>
        <translation>Versuchen Sie es später noch einmal, oder installieren Sie aus einem Ordner mit Wheels.</translation>
    </message>
    <message>
        <source>The package index cannot be reached.</source>
        <translation>Der Paketindex ist nicht erreichbar.</translation>
    </message>
    <message>
        <source>Check the network connection and the address of the index, or install from a folder of wheels.</source>
        <translation>Prüfen Sie die Netzverbindung und die Adresse des Index, oder installieren Sie aus einem Ordner mit Wheels.</translation>
    </message>
    <message>
        <source>The package index refuses access.</source>
        <translation>Der Paketindex verweigert den Zugriff.</translation>
    </message>
    <message>
        <source>Check the address and the credentials of the index.</source>
        <translation>Prüfen Sie Adresse und Zugangsdaten des Index.</translation>
    </message>
    <message>
        <source>A file in the environment's folder cannot be written.</source>
        <translation>Eine Datei im Ordner der Umgebung lässt sich nicht schreiben.</translation>
    </message>
    <message>
        <source>Close programs that use it, check that you may write there and that no antivirus holds it, or choose another folder.</source>
        <translation>Schließen Sie Programme, die sie benutzen, prüfen Sie, ob Sie dort schreiben dürfen und kein Virenschutz sie sperrt, oder wählen Sie einen anderen Ordner.</translation>
    </message>
    <message>
        <source>A package does not exist for this system and Python, or not in the place asked.</source>
        <translation>Ein Paket gibt es nicht für dieses System und Python, oder nicht an der angegebenen Stelle.</translation>
    </message>
    <message>
        <source>Use a 64-bit Python 3.11, 3.12 or 3.13; a folder of wheels must hold all packages for this system.</source>
        <translation>Verwenden Sie ein 64-Bit-Python 3.11, 3.12 oder 3.13; ein Ordner mit Wheels muss alle Pakete für dieses System enthalten.</translation>
    </message>
    <message>
        <source>It failed without saying why</source>
        <translation>Es ist fehlgeschlagen, ohne einen Grund zu nennen</translation>
    </message>
    <message>
        <source>Try again; if it stays so, copy the diagnostics and report it.</source>
        <translation>Versuchen Sie es noch einmal; bleibt es dabei, kopieren Sie die Diagnose und melden Sie es.</translation>
    </message>
</context>
<context>
    <name>Figures</name>
    <message>
        <source>too few</source>
        <translation>zu wenige</translation>
    </message>
</context>
<context>
    <name>FinalMap</name>
    <message>
        <source>Learning from the samples</source>
        <translation>Aus den Beispielen wird gelernt</translation>
    </message>
    <message>
        <source>Making the map</source>
        <translation>Karte wird erstellt</translation>
    </message>
    <message>
        <source>Drawing polygons</source>
        <translation>Polygone werden gezeichnet</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>Abgebrochen.</translation>
    </message>
    <message>
        <source>{0} cannot be replaced ({1}), so the new model is {2}; close the old one where it is open.</source>
        <translation>{0} lässt sich nicht ersetzen ({1}), das neue Modell ist daher {2}; schließen Sie das alte, wo es geöffnet ist.</translation>
    </message>
    <message>
        <source>{} was written but QGIS cannot open it; make the map again.</source>
        <translation>{} wurde geschrieben, aber QGIS kann es nicht öffnen; erstellen Sie die Karte noch einmal.</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>Karte</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>Sicherheit</translation>
    </message>
    <message>
        <source>Polygons</source>
        <translation>Polygone</translation>
    </message>
</context>
<context>
    <name>FinalMapBox</name>
    <message>
        <source>The map to write: a GeoTIFF with its class names and style beside it</source>
        <translation>Die Karte, die geschrieben wird: ein GeoTIFF, daneben Klassennamen und Stil</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>Sicherheit</translation>
    </message>
    <message>
        <source>Also write how sure the classifier is of every pixel</source>
        <translation>Auch schreiben, wie sicher der Klassifikator bei jedem Pixel ist</translation>
    </message>
    <message>
        <source>Polygons</source>
        <translation>Polygone</translation>
    </message>
    <message>
        <source>Also write the areas of the map as polygons with their class and size</source>
        <translation>Auch die Flächen der Karte als Polygone mit Klasse und Größe schreiben</translation>
    </message>
    <message>
        <source>Leave unlike pixels unclassified</source>
        <translation>Unähnliche Pixel ohne Klasse</translation>
    </message>
    <message>
        <source>Pixels more unlike all samples than all but this share of the samples' own pixels get no class: “unknown”.</source>
        <translation>Pixel, die allen Beispielen unähnlicher sind als alle bis auf diesen Anteil der Pixel in den Beispielen, erhalten keine Klasse: „unbekannt“.</translation>
    </message>
    <message>
        <source>Make map</source>
        <translation>Karte erstellen</translation>
    </message>
    <message>
        <source>Apply saved model…</source>
        <translation>Gespeichertes Modell…</translation>
    </message>
    <message>
        <source>Map another embedding with a model that was saved beside an earlier map</source>
        <translation>Eine andere Einbettung mit einem Modell kartieren, das neben einer früheren Karte gespeichert wurde</translation>
    </message>
    <message>
        <source>Tidy…</source>
        <translation>Aufräumen…</translation>
    </message>
    <message>
        <source>Fill areas of a map that are too small to matter by their neighbours</source>
        <translation>Flächen einer Karte, die zu klein sind, um zu zählen, mit ihren Nachbarn füllen</translation>
    </message>
    <message>
        <source>Print layout</source>
        <translation>Drucklayout</translation>
    </message>
    <message>
        <source>Lay the map out on a sheet with legend, scale and origin, to be changed and exported as you like</source>
        <translation>Die Karte mit Legende, Maßstab und Herkunft auf ein Blatt setzen, das sich nach Belieben ändern und exportieren lässt</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Stop; no unfinished map is left behind</source>
        <translation>Anhalten; es bleibt keine unfertige Karte zurück</translation>
    </message>
    <message>
        <source>The map has no file yet; name its file first.</source>
        <translation>Die Karte hat noch keine Datei; benennen Sie zuerst ihre Datei.</translation>
    </message>
    <message>
        <source>There are no samples with a class yet; draw some for each class.</source>
        <translation>Es gibt noch keine Beispiele mit einer Klasse; zeichnen Sie welche für jede Klasse.</translation>
    </message>
    <message>
        <source>There is no map to lay out; make one first, or choose one in the layer tree.</source>
        <translation>Es gibt keine Karte für das Layout; erstellen Sie zuerst eine, oder wählen Sie eine im Layerbaum.</translation>
    </message>
    <message>
        <source>These files exist in {}:

{}

Replace them?</source>
        <translation>Diese Dateien sind in {} schon vorhanden:

{}

Ersetzen?</translation>
    </message>
    <message>
        <source>Replace files?</source>
        <translation>Dateien ersetzen?</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Make {} maps</source>
        <translation>{} Karten erstellen</translation>
    </message>
    <message>
        <source>Embed a layer first, or choose an embedding.</source>
        <translation>Betten Sie zuerst einen Layer ein, oder wählen Sie eine Einbettung.</translation>
    </message>
    <message>
        <source>Choose or draw samples first.</source>
        <translation>Wählen oder zeichnen Sie zuerst Beispiele.</translation>
    </message>
    <message>
        <source>Map the whole embedding; the model is saved beside the map</source>
        <translation>Die ganze Einbettung kartieren; das Modell wird neben der Karte gespeichert</translation>
    </message>
    <message>
        <source>Map each place of the working set with one model of all samples; the model lies with the maps</source>
        <translation>Jeden Ort des Arbeitssatzes mit einem Modell aus allen Beispielen kartieren; das Modell liegt bei den Karten</translation>
    </message>
    <message>
        <source>The map is written. Its project was closed; the files are kept.</source>
        <translation>Die Karte ist geschrieben. Ihr Projekt wurde geschlossen; die Dateien bleiben erhalten.</translation>
    </message>
    <message>
        <source>{} is in the project.</source>
        <translation>{} ist im Projekt.</translation>
    </message>
    <message>
        <source>The maps of {} places are in the project.</source>
        <translation>Die Karten von {} Orten sind im Projekt.</translation>
    </message>
    <message>
        <source>Cancelled; no map was written.</source>
        <translation>Abgebrochen; es wurde keine Karte geschrieben.</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>The map has no pixel with a class.</source>
        <translation>Die Karte hat kein Pixel mit einer Klasse.</translation>
    </message>
    <message>
        <source>GeoTIFF (*.tif)</source>
        <translation>GeoTIFF (*.tif)</translation>
    </message>
</context>
<context>
    <name>Fit</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Verweisen der Eingabe folgen</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Liest auch Dateien in anderen Ordnern und im Netz, die ein VRT oder ein STAC-Item nennt.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Kartierung</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Was herauskommt</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Tipp</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth hat kein Python, mit dem es rechnen kann; öffnen Sie in QGIS das MMEarth-Bedienfeld und richten Sie eines ein, oder nennen Sie in der Umgebungsvariablen MMEARTH_PYTHON ein Python, in dem mmearth installiert ist.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Klassenmodell</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Eine mit „Klassen aus Beispielen lernen“ gemachte oder im Bedienfeld gespeicherte Datei.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung ({} Kanäle); machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung; machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>kein Feld</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>„{}“ hat kein Feld „{}“; vorhanden: {}. Wählen Sie das Feld, das die Klasse nennt.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>„{}“ kann nicht in eine Datenbank geschrieben werden; wählen Sie eine eigene Datei.</translation>
    </message>
    <message>
        <source>Fit classes to samples</source>
        <translation>Klassen aus Beispielen lernen</translation>
    </message>
    <message>
        <source>Learns classes from the pixels of an embedding under a few labelled polygons or points. Places that were left out in turn tell how well the classes are recognised.</source>
        <translation>Lernt Klassen aus den Pixeln einer Einbettung unter wenigen Polygonen oder Punkten bekannter Klasse. Orte, die reihum weggelassen werden, zeigen, wie gut die Klassen erkannt werden.</translation>
    </message>
    <message>
        <source>A small model file (.json) for “Classify embedding”, which may be used on every embedding of the same encoder, and the accuracy by cross-validation over places.</source>
        <translation>Eine kleine Modelldatei (.json) für „Einbettung klassifizieren“, die für jede Einbettung desselben Encoders taugt, und die Genauigkeit aus einer Kreuzvalidierung über Orte.</translation>
    </message>
    <message>
        <source>Several small polygons in different places teach more than a large one; five in each class are a good beginning.</source>
        <translation>Mehrere kleine Polygone an verschiedenen Orten lehren mehr als ein großes; fünf je Klasse sind ein guter Anfang.</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>Beispiele</translation>
    </message>
    <message>
        <source>Polygons, lines or points on the embedding, also unsaved ones; at least two classes. Blank for a working set that names its samples.</source>
        <translation>Polygone, Linien oder Punkte auf der Einbettung, auch ungespeicherte; mindestens zwei Klassen. Leer für einen Arbeitssatz, der seine Beispiele nennt.</translation>
    </message>
    <message>
        <source>Class field</source>
        <translation>Klassenfeld</translation>
    </message>
    <message>
        <source>The field that names the class of each sample; blank: class.</source>
        <translation>Das Feld, das die Klasse jeder Beispielfläche nennt; leer: class.</translation>
    </message>
    <message>
        <source>Several dates</source>
        <translation>Mehrere Daten</translation>
    </message>
    <message>
        <source>How the dates of a working set decide: vote, each with a model of its own, where it is clear; together, all in one model, where every date is clear.</source>
        <translation>Wie die Daten eines Arbeitssatzes entscheiden: vote, jedes stimmt mit einem eigenen Modell, wo es klar ist; together, alle in einem Modell, wo jedes Datum klar ist.</translation>
    </message>
    <message>
        <source>More embeddings</source>
        <translation>Weitere Einbettungen</translation>
    </message>
    <message>
        <source>Embeddings of other scenes by the same encoder, to learn from all together.</source>
        <translation>Einbettungen anderer Szenen vom selben Encoder, um aus allen zusammen zu lernen.</translation>
    </message>
    <message>
        <source>More samples</source>
        <translation>Weitere Beispiele</translation>
    </message>
    <message>
        <source>The samples on them, in the same order and with the same class field.</source>
        <translation>Die Beispielflächen darauf, in derselben Reihenfolge und mit demselben Klassenfeld.</translation>
    </message>
    <message>
        <source>Validation distance in metres</source>
        <translation>Abstand der Validierung in Metern</translation>
    </message>
    <message>
        <source>Samples within this distance count as one place, and are left out together; blank: what the model sees around a pixel, less where that would leave too few places.</source>
        <translation>Beispiele innerhalb dieses Abstands gelten als ein Ort und werden zusammen ausgelassen; leer: so weit das Modell um ein Pixel sieht, weniger, wo sonst zu wenige Orte blieben.</translation>
    </message>
    <message>
        <source>Pixels without a label</source>
        <translation>Pixel ohne Klasse</translation>
    </message>
    <message>
        <source>Pixels of the embeddings to learn from as well, though nobody labelled them; 0 for none.</source>
        <translation>Pixel der Embeddings, aus denen auch gelernt wird, obwohl sie niemand benannt hat; 0: keine.</translation>
    </message>
    <message>
        <source>Common classes</source>
        <translation>Häufige Klassen</translation>
    </message>
    <message>
        <source>tempered: classes that are common win doubtful pixels, a little; none: all classes count alike.</source>
        <translation>tempered: häufige Klassen gewinnen zweifelhafte Pixel, ein wenig; none: alle Klassen zählen gleich.</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>The same input and seed give the same model.</source>
        <translation>Gleiche Eingaben und gleicher Startwert ergeben dasselbe Modell.</translation>
    </message>
    <message>
        <source>The file to write.</source>
        <translation>Die Datei, die geschrieben wird.</translation>
    </message>
    <message>
        <source>Accuracy by cross-validation, 0 to 1</source>
        <translation>Genauigkeit aus Kreuzvalidierung, 0 bis 1</translation>
    </message>
    <message>
        <source>Number of classes</source>
        <translation>Anzahl der Klassen</translation>
    </message>
    <message>
        <source>Number of samples</source>
        <translation>Anzahl der Beispielflächen</translation>
    </message>
    <message>
        <source>Number of pixels</source>
        <translation>Anzahl der Pixel</translation>
    </message>
    <message>
        <source>Names of the classes</source>
        <translation>Namen der Klassen</translation>
    </message>
    <message>
        <source>There are no samples to learn from; choose a layer of samples.</source>
        <translation>Es gibt keine Proben zum Lernen; wählen Sie einen Layer mit Proben.</translation>
    </message>
    <message>
        <source>A working set holds all embeddings and samples; add the further ones to it.</source>
        <translation>Ein Arbeitssatz enthält alle Einbettungen und Beispiele; fügen Sie ihm die weiteren hinzu.</translation>
    </message>
    <message>
        <source>Further embeddings: {}, layers of their samples: {}; give each its own.</source>
        <translation>Weitere Embeddings: {}, Layer mit deren Proben: {}; geben Sie jedem den seinen.</translation>
    </message>
    <message>
        <source>{} classes from {} pixels of {} samples.</source>
        <translation>{} Klassen aus {} Pixeln von {} Beispielflächen.</translation>
    </message>
    <message>
        <source>Draw samples of each class in two distant places or more to learn more.</source>
        <translation>Zeichnen Sie Beispielflächen jeder Klasse an zwei oder mehr Orten, weit voneinander, um mehr zu erfahren.</translation>
    </message>
    <message>
        <source>Accuracy on {} places that were left out: {} % (95 % interval {} to {} %).</source>
        <translation>Genauigkeit an {} weggelassenen Orten: {} % (95-%-Intervall {} bis {} %).</translation>
    </message>
    <message>
        <source>Samples within {} m of each other count as one place.</source>
        <translation>Beispielflächen im Umkreis von {} m gelten als ein Ort.</translation>
    </message>
    <message>
        <source>The model sees {} m around a pixel: the accuracy may be too good.</source>
        <translation>Das Modell sieht {} m um ein Pixel herum: die Genauigkeit ist vielleicht zu gut.</translation>
    </message>
    <message>
        <source>  {}: F1 {} from {} places</source>
        <translation>  {}: F1 {} aus {} Orten</translation>
    </message>
</context>
<context>
    <name>FolderButton</name>
    <message>
        <source>Folder to maps…</source>
        <translation>Ordner zu Karten…</translation>
    </message>
    <message>
        <source>Embed and map all scenes of a folder, a map each, with what the samples in work teach</source>
        <translation>Alle Szenen eines Ordners einbetten und kartieren, jede für sich, mit dem, was die benutzten Beispiele lehren</translation>
    </message>
    <message>
        <source>Learning from the samples…</source>
        <translation>Lernt aus den Beispielen…</translation>
    </message>
    <message>
        <source>Learning from the samples</source>
        <translation>Aus den Beispielen wird gelernt</translation>
    </message>
    <message>
        <source>The model of the samples is saved: {}</source>
        <translation>Das Modell der Beispiele ist gespeichert: {}</translation>
    </message>
</context>
<context>
    <name>FreehandTool</name>
    <message>
        <source>Keep the button pressed while you draw.</source>
        <translation>Halten Sie die Taste gedrückt, während Sie zeichnen.</translation>
    </message>
    <message>
        <source>draw with the button pressed</source>
        <translation>mit gedrückter Taste zeichnen</translation>
    </message>
    <message>
        <source>There is no class with that key; add it, or type another.</source>
        <translation>Es gibt keine Klasse mit dieser Taste; fügen Sie sie hinzu, oder tippen Sie eine andere.</translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation>Es gibt nichts zurückzunehmen.</translation>
    </message>
    <message>
        <source>There is nothing to redo.</source>
        <translation>Es gibt nichts zu wiederholen.</translation>
    </message>
    <message>
        <source>There is no sample under the cursor; move onto one.</source>
        <translation>Unter dem Zeiger ist kein Beispiel; bewegen Sie ihn auf eines.</translation>
    </message>
    <message>
        <source>Choose or make a sample layer first.</source>
        <translation>Wählen oder erstellen Sie zuerst einen Beispiellayer.</translation>
    </message>
    <message>
        <source>Add a class first.</source>
        <translation>Fügen Sie zuerst eine Klasse hinzu.</translation>
    </message>
    <message>
        <source>This sample lies outside the embedding: nothing is learned from it. Z takes it back.</source>
        <translation>Dieses Beispiel liegt außerhalb der Einbettung: daraus wird nichts gelernt. Z nimmt es zurück.</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0}: {1}</translation>
    </message>
</context>
<context>
    <name>GatherWorkingSet</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Verweisen der Eingabe folgen</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Liest auch Dateien in anderen Ordnern und im Netz, die ein VRT oder ein STAC-Item nennt.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Kartierung</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Was herauskommt</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Tipp</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth hat kein Python, mit dem es rechnen kann; öffnen Sie in QGIS das MMEarth-Bedienfeld und richten Sie eines ein, oder nennen Sie in der Umgebungsvariablen MMEARTH_PYTHON ein Python, in dem mmearth installiert ist.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Klassenmodell</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Eine mit „Klassen aus Beispielen lernen“ gemachte oder im Bedienfeld gespeicherte Datei.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung ({} Kanäle); machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung; machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>kein Feld</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>„{}“ hat kein Feld „{}“; vorhanden: {}. Wählen Sie das Feld, das die Klasse nennt.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>„{}“ kann nicht in eine Datenbank geschrieben werden; wählen Sie eine eigene Datei.</translation>
    </message>
    <message>
        <source>Gather working set</source>
        <translation>Arbeitssatz zusammenstellen</translation>
    </message>
    <message>
        <source>Puts embeddings of several dates and places together with layers and samples. Embeddings that share half of the smaller one are dates of one place.</source>
        <translation>Stellt Einbettungen mehrerer Daten und Orte mit Layern und Beispielen zusammen. Einbettungen, die sich die Hälfte der kleineren teilen, sind Daten eines Orts.</translation>
    </message>
    <message>
        <source>A small file (.json) that the other algorithms take in place of an embedding. It names the files, and holds none of their pixels.</source>
        <translation>Eine kleine Datei (.json), die die anderen Algorithmen anstelle einer Einbettung nehmen. Sie nennt die Dateien und enthält keines ihrer Pixel.</translation>
    </message>
    <message>
        <source>Save it in a folder above the embeddings: what it names elsewhere is read only where “Follow what the input refers to” is ticked.</source>
        <translation>Speichern Sie ihn in einem Ordner über den Einbettungen: Was er anderswo nennt, wird nur gelesen, wo „Verweisen der Eingabe folgen“ angekreuzt ist.</translation>
    </message>
    <message>
        <source>Embeddings</source>
        <translation>Einbettungen</translation>
    </message>
    <message>
        <source>Rasters made by “Embed layer”, of any dates and places.</source>
        <translation>Mit „Layer einbetten“ gemachte Raster beliebiger Daten und Orte.</translation>
    </message>
    <message>
        <source>Dates</source>
        <translation>Daten</translation>
    </message>
    <message>
        <source>The day each image was taken, as 2021-04-01, in the order of the embeddings with a comma between; blank: what was written beside each.</source>
        <translation>Der Aufnahmetag jedes Bilds, wie 2021-04-01, in der Reihenfolge der Einbettungen, durch Kommas getrennt; leer: was neben jeder steht.</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Layer</translation>
    </message>
    <message>
        <source>Rasters to learn from too, such as heights or radar, by their first band; each covers all places.</source>
        <translation>Raster, aus denen ebenfalls gelernt wird, etwa Höhen oder Radar, mit ihrem ersten Kanal; jedes reicht in alle Orte.</translation>
    </message>
    <message>
        <source>Leave out places without a layer</source>
        <translation>Orte ohne einen Layer auslassen</translation>
    </message>
    <message>
        <source>Goes on without the places that one of the layers has no value in, and says which; else it stops.</source>
        <translation>Macht ohne die Orte weiter, in denen einer der Layer keinen Wert hat, und sagt, welche; sonst hört es auf.</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>Beispiele</translation>
    </message>
    <message>
        <source>Layers of labelled polygons, lines or points, saved in files.</source>
        <translation>Layer mit beschrifteten Polygonen, Linien oder Punkten, in Dateien gespeichert.</translation>
    </message>
    <message>
        <source>Class field</source>
        <translation>Klassenfeld</translation>
    </message>
    <message>
        <source>The field that names the class of each sample; blank: class.</source>
        <translation>Das Feld, das die Klasse jeder Beispielfläche nennt; leer: class.</translation>
    </message>
    <message>
        <source>Working set</source>
        <translation>Arbeitssatz</translation>
    </message>
    <message>
        <source>The file to write.</source>
        <translation>Die Datei, die geschrieben wird.</translation>
    </message>
    <message>
        <source>Number of places</source>
        <translation>Anzahl der Orte</translation>
    </message>
    <message>
        <source>Names of the places</source>
        <translation>Namen der Orte</translation>
    </message>
    <message>
        <source>“{}” is no date; write it as 2021-04-01.</source>
        <translation>„{}“ ist kein Datum; schreiben Sie es wie 2021-04-01.</translation>
    </message>
    <message>
        <source>Embeddings: {}, dates: {}; give each embedding its date.</source>
        <translation>Embeddings: {}, Daten: {}; geben Sie jedem Embedding sein Datum.</translation>
    </message>
    <message>
        <source>“{}” has edits that are not saved; save them first.</source>
        <translation>„{}“ hat ungespeicherte Änderungen; speichern Sie sie zuerst.</translation>
    </message>
</context>
<context>
    <name>Gathering</name>
    <message>
        <source>A layer left the project while they were put together; choose what belongs together and try again.</source>
        <translation>Ein Layer hat das Projekt verlassen, während sie zusammengestellt wurden; haken Sie noch einmal an, was zusammengehört.</translation>
    </message>
    <message>
        <source>Go on without these places</source>
        <translation>Ohne diese Orte fortfahren</translation>
    </message>
</context>
<context>
    <name>Ground</name>
    <message>
        <source>no-data</source>
        <translation>ohne Daten</translation>
    </message>
    <message>
        <source>masked in the file itself</source>
        <translation>in der Datei selbst maskiert</translation>
    </message>
    <message>
        <source>fill that is not declared</source>
        <translation>nicht deklarierter Füllwert</translation>
    </message>
    <message>
        <source>left out by the mask</source>
        <translation>durch die Maske ausgelassen</translation>
    </message>
    <message>
        <source>clouds</source>
        <translation>Wolken</translation>
    </message>
    <message>
        <source>outside the area</source>
        <translation>außerhalb des Gebiets</translation>
    </message>
    <message>
        <source>{0} of the pixels are left out ({1}).</source>
        <translation>{0} der Pixel sind ausgelassen ({1}).</translation>
    </message>
    <message>
        <source>In {} of the pixels a band is missing; it is filled.</source>
        <translation>In {} der Pixel fehlt ein Kanal; er ist aufgefüllt.</translation>
    </message>
    <message>
        <source>In {} of the pixels a band is 0 beside dark ones; that is kept as reflectance 0.</source>
        <translation>In {} der Pixel ist ein Kanal neben dunklen 0; das bleibt als Reflexion 0.</translation>
    </message>
</context>
<context>
    <name>GuideWindow</name>
    <message>
        <source>MMEarth: guide</source>
        <translation>MMEarth: Anleitung</translation>
    </message>
    <message>
        <source>To the page before</source>
        <translation>Zur vorigen Seite</translation>
    </message>
    <message>
        <source>To the page you came back from</source>
        <translation>Zur Seite, von der Sie zurückkamen</translation>
    </message>
    <message>
        <source>To the beginning of the guide</source>
        <translation>Zum Anfang der Anleitung</translation>
    </message>
    <message>
        <source>Open in web browser</source>
        <translation>Im Webbrowser öffnen</translation>
    </message>
    <message>
        <source>The same page in your web browser, to print or to keep it beside QGIS</source>
        <translation>Dieselbe Seite im Webbrowser, zum Drucken oder um sie neben QGIS zu behalten</translation>
    </message>
    <message>
        <source>This page is in English.</source>
        <translation>Diese Seite ist auf Englisch.</translation>
    </message>
</context>
<context>
    <name>HelpButton</name>
    <message>
        <source>Help</source>
        <translation>Hilfe</translation>
    </message>
    <message>
        <source>What this page is for and how it is used; no network is needed</source>
        <translation>Wozu diese Seite dient und wie man sie benutzt; ohne Netz</translation>
    </message>
    <message>
        <source>Help on this page</source>
        <translation>Hilfe zu dieser Seite</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Tour of the first map</source>
        <translation>Führung zur ersten Karte</translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message>
        <source>Import samples</source>
        <translation>Beispiele übernehmen</translation>
    </message>
    <message>
        <source>{} holds no vector layer that QGIS can read; choose another file.</source>
        <translation>{} enthält keinen Vektorlayer, den QGIS lesen kann; wählen Sie eine andere Datei.</translation>
    </message>
    <message>
        <source>{} samples added</source>
        <translation>{} Beispiele hinzugefügt</translation>
    </message>
    <message>
        <source>new classes: {}</source>
        <translation>neue Klassen: {}</translation>
    </message>
    <message>
        <source>{} invalid shapes repaired</source>
        <translation>{} ungültige Formen repariert</translation>
    </message>
    <message>
        <source>left out: {}</source>
        <translation>ausgelassen: {}</translation>
    </message>
    <message>
        <source>Taking samples in…</source>
        <translation>Beispiele werden übernommen…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Only the {} selected features</source>
        <translation>Nur die {} ausgewählten Objekte</translation>
    </message>
    <message>
        <source>A class there is, or the name of a new one</source>
        <translation>Eine vorhandene Klasse oder der Name einer neuen</translation>
    </message>
    <message>
        <source>{} of {} features in {} classes, {} of them new</source>
        <translation>{} von {} Objekten in {} Klassen, davon {} neu</translation>
    </message>
    <message>
        <source>– leave out –</source>
        <translation>– auslassen –</translation>
    </message>
    <message>
        <source>The layer whose features become samples; it stays as it is</source>
        <translation>Der Layer, dessen Objekte Beispiele werden; er bleibt, wie er ist</translation>
    </message>
    <message>
        <source>Open a file: it becomes a layer of the project</source>
        <translation>Eine Datei öffnen: Sie wird ein Layer des Projekts</translation>
    </message>
    <message>
        <source>The field that names the class of each feature, by a word or a number</source>
        <translation>Das Feld, das die Klasse jedes Objekts nennt, mit einem Wort oder einer Zahl</translation>
    </message>
    <message>
        <source>A class set that tells what the codes in the field are called</source>
        <translation>Ein Klassensatz, der sagt, wie die Codes im Feld heißen</translation>
    </message>
    <message>
        <source>as the layer calls them</source>
        <translation>wie der Layer sie nennt</translation>
    </message>
    <message>
        <source> pixels</source>
        <translation> Pixel</translation>
    </message>
    <message>
        <source>Points become squares and lines strips of so many pixels of the embedding</source>
        <translation>Punkte werden Quadrate und Linien Streifen von so vielen Pixeln der Einbettung</translation>
    </message>
    <message>
        <source>Only what touches the embedding</source>
        <translation>Nur was die Einbettung berührt</translation>
    </message>
    <message>
        <source>Samples elsewhere teach nothing of this scene, and make everything slower</source>
        <translation>Beispiele anderswo lehren nichts über diese Szene und machen alles langsamer</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Layer</translation>
    </message>
    <message>
        <source>Class field</source>
        <translation>Klassenfeld</translation>
    </message>
    <message>
        <source>Names of codes</source>
        <translation>Namen der Codes</translation>
    </message>
    <message>
        <source>Width of points and lines</source>
        <translation>Breite von Punkten und Linien</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Features</source>
        <translation>Objekte</translation>
    </message>
    <message>
        <source>Becomes</source>
        <translation>Wird zu</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Übernehmen</translation>
    </message>
</context>
<context>
    <name>Installation</name>
    <message>
        <source>Another QGIS is working on {folder}, or it cannot be written.</source>
        <translation>Ein anderes QGIS arbeitet an {folder}, oder der Ordner ist nicht beschreibbar.</translation>
    </message>
    <message>
        <source>Wait until it is done, or choose another folder.</source>
        <translation>Warten Sie, bis es fertig ist, oder wählen Sie einen anderen Ordner.</translation>
    </message>
    <message>
        <source>Looking for room and a Python</source>
        <translation>Platz und ein Python werden gesucht</translation>
    </message>
    <message>
        <source>The package mmearth is missing from the plugin's folder {folder}.</source>
        <translation>Das Paket mmearth fehlt im Ordner des Plugins {folder}.</translation>
    </message>
    <message>
        <source>Install the plugin again.</source>
        <translation>Installieren Sie das Plugin neu.</translation>
    </message>
    <message>
        <source>{folder} holds other files.</source>
        <translation>{folder} enthält andere Dateien.</translation>
    </message>
    <message>
        <source>Choose an empty or a new folder.</source>
        <translation>Wählen Sie einen leeren oder neuen Ordner.</translation>
    </message>
    <message>
        <source>{folder} holds no wheels.</source>
        <translation>{folder} enthält keine Wheels.</translation>
    </message>
    <message>
        <source>Choose a folder with the wheels of all packages, made by “pip download”.</source>
        <translation>Wählen Sie einen Ordner mit den Wheels aller Pakete, mit „pip download“ gemacht.</translation>
    </message>
    <message>
        <source>{folder} has {free} GB free, and the environment needs about {size} GB.</source>
        <translation>{folder} hat {free} GB frei, und die Umgebung braucht etwa {size} GB.</translation>
    </message>
    <message>
        <source>Make room, or choose a folder on another disk.</source>
        <translation>Schaffen Sie Platz, oder wählen Sie einen Ordner auf einem anderen Datenträger.</translation>
    </message>
    <message>
        <source>Creating the environment</source>
        <translation>Umgebung wird angelegt</translation>
    </message>
    <message>
        <source>Asking for the packages</source>
        <translation>Pakete werden angefragt</translation>
    </message>
    <message>
        <source>Trying the environment</source>
        <translation>Umgebung wird getestet</translation>
    </message>
    <message>
        <source>Copy the diagnostics and report it if it happens again.</source>
        <translation>Kopieren Sie die Diagnose und melden Sie es, falls es wieder geschieht.</translation>
    </message>
    <message>
        <source>The environment is ready</source>
        <translation>Die Umgebung ist bereit</translation>
    </message>
    <message>
        <source>{folder} was not made by this plugin.</source>
        <translation>{folder} wurde nicht von diesem Plugin angelegt.</translation>
    </message>
    <message>
        <source>Remove it yourself if it is no longer needed.</source>
        <translation>Entfernen Sie den Ordner selbst, wenn er nicht mehr gebraucht wird.</translation>
    </message>
    <message>
        <source>Removing the environment that is there</source>
        <translation>Die vorhandene Umgebung wird entfernt</translation>
    </message>
    <message>
        <source>Downloading {name}</source>
        <translation>{name} wird heruntergeladen</translation>
    </message>
    <message>
        <source>Looking up {name}</source>
        <translation>{name} wird gesucht</translation>
    </message>
    <message>
        <source>Unpacking the packages</source>
        <translation>Pakete werden entpackt</translation>
    </message>
</context>
<context>
    <name>IntoPlaces</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Verweisen der Eingabe folgen</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Liest auch Dateien in anderen Ordnern und im Netz, die ein VRT oder ein STAC-Item nennt.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Kartierung</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Was herauskommt</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Tipp</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth hat kein Python, mit dem es rechnen kann; öffnen Sie in QGIS das MMEarth-Bedienfeld und richten Sie eines ein, oder nennen Sie in der Umgebungsvariablen MMEARTH_PYTHON ein Python, in dem mmearth installiert ist.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Klassenmodell</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Eine mit „Klassen aus Beispielen lernen“ gemachte oder im Bedienfeld gespeicherte Datei.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung ({} Kanäle); machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung; machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>kein Feld</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>„{}“ hat kein Feld „{}“; vorhanden: {}. Wählen Sie das Feld, das die Klasse nennt.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>„{}“ kann nicht in eine Datenbank geschrieben werden; wählen Sie eine eigene Datei.</translation>
    </message>
</context>
<context>
    <name>JudgedMaps</name>
    <message>
        <source>No map in the project: {}. Make the maps of all places on the tab “Map”; they are assessed as one.</source>
        <translation>Keine Karte im Projekt: {}. Machen Sie die Karten aller Orte im Reiter „Karte“; sie werden als eine bewertet.</translation>
    </message>
    <message>
        <source>Older than its embedding: the map of {}. Make the maps again, or what is judged is the old one.</source>
        <translation>Älter als ihre Einbettung: die Karte von {}. Machen Sie die Karten neu, sonst wird die alte bewertet.</translation>
    </message>
    <message>
        <source>{} does not name its classes; give it a paletted style first.</source>
        <translation>{} benennt seine Klassen nicht; geben Sie dem Layer zuerst eine Darstellung mit Palette.</translation>
    </message>
</context>
<context>
    <name>KeySheet</name>
    <message>
        <source>MMEarth: keys</source>
        <translation>MMEarth: Tasten</translation>
    </message>
    <message>
        <source>Tools that draw</source>
        <translation>Zeichenwerkzeuge</translation>
    </message>
</context>
<context>
    <name>Keys</name>
    <message>
        <source>Show this sheet</source>
        <translation>Diese Übersicht zeigen</translation>
    </message>
    <message>
        <source>Show the table of samples</source>
        <translation>Die Tabelle der Beispiele zeigen</translation>
    </message>
    <message>
        <source>Do it again</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>In the dock</source>
        <translation>Im Bedienfeld</translation>
    </message>
    <message>
        <source>On the map, while you draw samples</source>
        <translation>Auf der Karte, während Sie Beispiele zeichnen</translation>
    </message>
    <message>
        <source>Choose the class; two digits one after the other where there are more than ten</source>
        <translation>Die Klasse wählen; zwei Ziffern nacheinander, wo es mehr als zehn gibt</translation>
    </message>
    <message>
        <source>Erase the sample under the cursor</source>
        <translation>Das Beispiel unter dem Zeiger löschen</translation>
    </message>
    <message>
        <source>Give the sample under the cursor the chosen class</source>
        <translation>Dem Beispiel unter dem Zeiger die gewählte Klasse geben</translation>
    </message>
    <message>
        <source>Take back the last corner, or the last edit</source>
        <translation>Die letzte Ecke oder die letzte Änderung zurücknehmen</translation>
    </message>
    <message>
        <source>On the map, while a shape is not finished</source>
        <translation>Auf der Karte, solange eine Form nicht fertig ist</translation>
    </message>
    <message>
        <source>Finish the shape</source>
        <translation>Die Form abschließen</translation>
    </message>
    <message>
        <source>Take back the last corner</source>
        <translation>Die letzte Ecke zurücknehmen</translation>
    </message>
    <message>
        <source>Drop the shape</source>
        <translation>Die Form verwerfen</translation>
    </message>
    <message>
        <source>On the map, while something is outlined with Segment</source>
        <translation>Auf der Karte, während mit Segment etwas umrissen ist</translation>
    </message>
    <message>
        <source>Outline more, as the wheel does</source>
        <translation>Mehr umreißen, wie mit dem Rad</translation>
    </message>
    <message>
        <source>Outline less</source>
        <translation>Weniger umreißen</translation>
    </message>
    <message>
        <source>On the tab Samples</source>
        <translation>Auf der Karteikarte Beispiele</translation>
    </message>
    <message>
        <source>Choose the class</source>
        <translation>Die Klasse wählen</translation>
    </message>
    <message>
        <source>In the table of samples</source>
        <translation>In der Tabelle der Beispiele</translation>
    </message>
    <message>
        <source>Give the selected samples this class</source>
        <translation>Den ausgewählten Beispielen diese Klasse geben</translation>
    </message>
    <message>
        <source>Show them on the map</source>
        <translation>Sie auf der Karte zeigen</translation>
    </message>
    <message>
        <source>Erase them</source>
        <translation>Sie löschen</translation>
    </message>
    <message>
        <source>Take back the last edit</source>
        <translation>Die letzte Änderung zurücknehmen</translation>
    </message>
    <message>
        <source>In the list of suggested places</source>
        <translation>In der Liste der vorgeschlagenen Stellen</translation>
    </message>
    <message>
        <source>Give the place this class, and go on</source>
        <translation>Der Stelle diese Klasse geben und weiter</translation>
    </message>
    <message>
        <source>Skip the place</source>
        <translation>Die Stelle überspringen</translation>
    </message>
    <message>
        <source>Show the map as long as the key is held</source>
        <translation>Die Karte zeigen, solange die Taste gedrückt ist</translation>
    </message>
    <message>
        <source>While you label reference points</source>
        <translation>Während Sie Referenzpunkte bestimmen</translation>
    </message>
    <message>
        <source>Give the point this class, and go on</source>
        <translation>Dem Punkt diese Klasse geben und weiter</translation>
    </message>
    <message>
        <source>Take the class away</source>
        <translation>Die Klasse wegnehmen</translation>
    </message>
    <message>
        <source>To the following point</source>
        <translation>Zum folgenden Punkt</translation>
    </message>
    <message>
        <source>To the point before</source>
        <translation>Zum vorigen Punkt</translation>
    </message>
    <message>
        <source>Skip: to the next point that is not labelled</source>
        <translation>Überspringen: zum nächsten unbestimmten Punkt</translation>
    </message>
</context>
<context>
    <name>Labelling</name>
    <message>
        <source>{} cannot be edited; use a copy of it.</source>
        <translation>{} kann nicht bearbeitet werden; verwenden Sie eine Kopie.</translation>
    </message>
    <message>
        <source>Label a reference point</source>
        <translation>Referenzpunkt bestimmen</translation>
    </message>
    <message>
        <source>The class could not be written to {}; check that the layer can be edited.</source>
        <translation>Die Klasse ließ sich nicht in {} schreiben; prüfen Sie, ob der Layer bearbeitet werden kann.</translation>
    </message>
    <message>
        <source>{0} could not be saved ({1}); check that its file can be written, and save again.</source>
        <translation>{0} ließ sich nicht speichern ({1}); prüfen Sie, ob die Datei beschreibbar ist, und speichern Sie noch einmal.</translation>
    </message>
</context>
<context>
    <name>LabellingBox</name>
    <message>
        <source>There is no class {}.</source>
        <translation>Es gibt keine Klasse {}.</translation>
    </message>
    <message>
        <source>%v of %m labelled</source>
        <translation>%v von %m bestimmt</translation>
    </message>
    <message>
        <source>Scale at which each point is shown</source>
        <translation>Maßstab, in dem jeder Punkt gezeigt wird</translation>
    </message>
    <message>
        <source>Hide maps while labelling</source>
        <translation>Karten dabei ausblenden</translation>
    </message>
    <message>
        <source>Who sees the map agrees with it more often than the ground does: label blind.</source>
        <translation>Wer die Karte sieht, stimmt ihr öfter zu als das Gelände: Bestimmen Sie blind.</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>To the point before (key B)</source>
        <translation>Zum vorigen Punkt (Taste B)</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>To the following point (key N)</source>
        <translation>Zum folgenden Punkt (Taste N)</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>Auslassen</translation>
    </message>
    <message>
        <source>Leave it open; to the next unlabelled point (key K)</source>
        <translation>Offen lassen; zum nächsten unbestimmten Punkt (Taste K)</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Leeren</translation>
    </message>
    <message>
        <source>Take the class away (key Delete)</source>
        <translation>Die Klasse wegnehmen (Taste Entf)</translation>
    </message>
    <message>
        <source>Start labelling</source>
        <translation>Bestimmung beginnen</translation>
    </message>
    <message>
        <source>Show the points one after the other and label them</source>
        <translation>Die Punkte nacheinander zeigen und ihre Klasse bestimmen</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>Maßstab</translation>
    </message>
    <message>
        <source>Label this point “{}”</source>
        <translation>Diesem Punkt die Klasse „{}“ geben</translation>
    </message>
    <message>
        <source>Stop labelling</source>
        <translation>Bestimmung beenden</translation>
    </message>
    <message>
        <source>Point {} of {}</source>
        <translation>Punkt {} von {}</translation>
    </message>
    <message>
        <source>Feature {} of {}</source>
        <translation>Objekt {} von {}</translation>
    </message>
    <message>
        <source>not labelled</source>
        <translation>nicht bestimmt</translation>
    </message>
</context>
<context>
    <name>LiveBox</name>
    <message>
        <source>With samples of at least two classes the map follows every edit.</source>
        <translation>Mit Beispielen von mindestens zwei Klassen folgt die Karte jeder Änderung.</translation>
    </message>
    <message>
        <source>Live map</source>
        <translation>Live-Karte</translation>
    </message>
    <message>
        <source>Map what is seen while you draw: every edit of the samples repaints it</source>
        <translation>Das Sichtbare kartieren, während Sie zeichnen: Jede Änderung der Beispiele zeichnet es neu</translation>
    </message>
    <message>
        <source>Swipe: show the map on one side of the mouse, what is below on the other</source>
        <translation>Wischen: auf einer Seite der Maus die Karte, auf der anderen, was darunter liegt</translation>
    </message>
    <message>
        <source>Opacity of the live map</source>
        <translation>Deckkraft der Live-Karte</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>Deckkraft</translation>
    </message>
    <message>
        <source>Confidence layer</source>
        <translation>Sicherheit zeigen</translation>
    </message>
    <message>
        <source>Draw how probable the class of each pixel is</source>
        <translation>Zeichnen, wie wahrscheinlich die Klasse jedes Pixels ist</translation>
    </message>
    <message>
        <source>Leave unlike pixels unclassified</source>
        <translation>Unähnliche Pixel ohne Klasse</translation>
    </message>
    <message>
        <source>Give no class to what is less like the samples than all but this share of their pixels</source>
        <translation>Keine Klasse für das, was den Beispielen weniger gleicht als alle ihre Pixel bis auf diesen Anteil</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>keep edges</source>
        <translation>Kanten erhalten</translation>
    </message>
    <message>
        <source>strong</source>
        <translation>stark</translation>
    </message>
    <message>
        <source>How much its neighbours say in a pixel's class; with “keep edges” roads and rivers stay. Also for the map of the whole layer. The live map shows it where all pixels are seen: zoom in</source>
        <translation>Wie viel die Nachbarn zur Klasse eines Pixels sagen; mit „Kanten erhalten“ bleiben Straßen und Flüsse. Auch für die Karte des ganzen Layers. Die Live-Karte zeigt sie, wo alle Pixel zu sehen sind: hineinzoomen</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>Glättung</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automatisch</translation>
    </message>
    <message>
        <source>Samples within this distance are one place, left out together; also for the map of the whole layer</source>
        <translation>Beispiele innerhalb dieses Abstands sind ein Ort und werden zusammen ausgelassen; auch für die Karte der ganzen Ebene</translation>
    </message>
    <message>
        <source>Validation distance</source>
        <translation>Abstand der Validierung</translation>
    </message>
    <message>
        <source>Share of what is seen; painted in {} s.</source>
        <translation>Anteil am Sichtbaren; in {} s gezeichnet.</translation>
    </message>
    <message>
        <source>The embedding is not in view; zoom to it.</source>
        <translation>Die Einbettung ist nicht im Bild; zoomen Sie zu ihr.</translation>
    </message>
    <message>
        <source>Not smoothed at this scale; the map of the whole layer is.</source>
        <translation>In diesem Maßstab nicht geglättet; die Karte des ganzen Layers ist es.</translation>
    </message>
    <message>
        <source>Painted is the place that fills most of the view.</source>
        <translation>Gezeichnet ist der Ort, der den größten Teil der Ansicht füllt.</translation>
    </message>
    <message>
        <source>Validation: {}</source>
        <translation>Validierung: {}</translation>
    </message>
    <message>
        <source>Too few to know: draw samples of each class in two places or more, apart from each other.</source>
        <translation>Zu wenige, um etwas zu wissen: Zeichnen Sie Beispielflächen jeder Klasse an zwei oder mehr Orten, voneinander entfernt.</translation>
    </message>
    <message>
        <source>{} % right ({} … {} %) on {} places left out in turn</source>
        <translation>{} % richtig ({} … {} %) an {} reihum ausgelassenen Orten</translation>
    </message>
    <message>
        <source>{}, only {} m apart</source>
        <translation>{}, nur {} m auseinander</translation>
    </message>
    <message>
        <source>Too few to know: {}; no second place of {}.</source>
        <translation>Zu wenige, um etwas zu wissen: {}; kein zweiter Ort von {}.</translation>
    </message>
    <message>
        <source>Too few to know: {}.</source>
        <translation>Zu wenige, um etwas zu wissen: {}.</translation>
    </message>
    <message>
        <source>{} that looks like {}</source>
        <translation>{}, sieht aber aus wie {}</translation>
    </message>
</context>
<context>
    <name>LiveSession</name>
    <message>
        <source>Live map</source>
        <translation>Live-Karte</translation>
    </message>
    <message>
        <source>Live confidence</source>
        <translation>Live-Sicherheit</translation>
    </message>
    <message>
        <source>Embed a layer first, or choose an embedding.</source>
        <translation>Betten Sie zuerst einen Layer ein, oder wählen Sie eine Einbettung.</translation>
    </message>
    <message>
        <source>Make a sample layer first, or choose one.</source>
        <translation>Erstellen Sie zuerst einen Beispiellayer, oder wählen Sie einen.</translation>
    </message>
</context>
<context>
    <name>MapFolder</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Verweisen der Eingabe folgen</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Liest auch Dateien in anderen Ordnern und im Netz, die ein VRT oder ein STAC-Item nennt.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Kartierung</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Was herauskommt</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Tipp</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth hat kein Python, mit dem es rechnen kann; öffnen Sie in QGIS das MMEarth-Bedienfeld und richten Sie eines ein, oder nennen Sie in der Umgebungsvariablen MMEARTH_PYTHON ein Python, in dem mmearth installiert ist.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Klassenmodell</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Eine mit „Klassen aus Beispielen lernen“ gemachte oder im Bedienfeld gespeicherte Datei.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung ({} Kanäle); machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung; machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>kein Feld</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>„{}“ hat kein Feld „{}“; vorhanden: {}. Wählen Sie das Feld, das die Klasse nennt.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>„{}“ kann nicht in eine Datenbank geschrieben werden; wählen Sie eine eigene Datei.</translation>
    </message>
    <message>
        <source>Map folder of scenes</source>
        <translation>Ordner mit Szenen kartieren</translation>
    </message>
    <message>
        <source>Embeds all scenes of a folder and maps each with one model of classes. A scene that cannot be read is told with the reason, and the others go on.</source>
        <translation>Bettet alle Szenen eines Ordners ein und kartiert jede mit einem Klassenmodell. Eine Szene, die sich nicht lesen lässt, wird mit dem Grund genannt, und die anderen gehen weiter.</translation>
    </message>
    <message>
        <source>A folder with NAME_map.tif of each scene, and the embeddings in the folder “embeddings” in it.</source>
        <translation>Ein Ordner mit NAME_map.tif von jeder Szene, und darin im Ordner „embeddings“ die Einbettungen.</translation>
    </message>
    <message>
        <source>Stopped, or with further scenes in the folder, run it again with the same folders: what is embedded is kept. For dates that vote on one map take a working set.</source>
        <translation>Angehalten oder mit weiteren Szenen im Ordner: lassen Sie es mit denselben Ordnern noch einmal laufen; was eingebettet ist, bleibt. Sollen Tage über eine Karte abstimmen, nehmen Sie einen Arbeitssatz.</translation>
    </message>
    <message>
        <source>Folder of scenes</source>
        <translation>Ordner der Szenen</translation>
    </message>
    <message>
        <source>Sentinel-2 rasters, zips of products and .SAFE folders; embeddings in it are mapped as they are.</source>
        <translation>Sentinel-2-Raster, Zips von Produkten und .SAFE-Ordner; Einbettungen darin werden kartiert, wie sie sind.</translation>
    </message>
    <message>
        <source>Processing level</source>
        <translation>Verarbeitungsstufe</translation>
    </message>
    <message>
        <source>Of all scenes; auto reads it from the metadata of each.</source>
        <translation>Die aller Szenen; auto liest sie aus den Metadaten einer jeden.</translation>
    </message>
    <message>
        <source>Leave out clouds</source>
        <translation>Wolken auslassen</translation>
    </message>
    <message>
        <source>Leaves out what the scene classification of a product calls cloud, shadow or cirrus.</source>
        <translation>Lässt aus, was die Szenenklassifikation eines Produkts Wolke, Schatten oder Zirrus nennt.</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>Glättung</translation>
    </message>
    <message>
        <source>How much its neighbours say in a pixel's class: none, edges, strong.</source>
        <translation>Wie viel seine Nachbarn bei der Klasse eines Pixels mitreden: none (nichts), edges (bis zu Kanten), strong (stark).</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>Sicherheit</translation>
    </message>
    <message>
        <source>Writes NAME_confidence.tif of each scene too.</source>
        <translation>Schreibt auch NAME_confidence.tif von jeder Szene.</translation>
    </message>
    <message>
        <source>Keep the embeddings</source>
        <translation>Einbettungen behalten</translation>
    </message>
    <message>
        <source>Mapping with another model of classes then takes seconds; but they take far more disk than the maps. Unchecked, none is written.</source>
        <translation>Mit einem anderen Modell zu kartieren dauert dann Sekunden; sie brauchen aber viel mehr Plattenplatz als die Karten. Ohne Haken wird keine geschrieben.</translation>
    </message>
    <message>
        <source>Load the maps</source>
        <translation>Die Karten laden</translation>
    </message>
    <message>
        <source>Adds the maps to the project when all are done.</source>
        <translation>Fügt die Karten dem Projekt hinzu, wenn alle fertig sind.</translation>
    </message>
    <message>
        <source>Folder of maps</source>
        <translation>Ordner der Karten</translation>
    </message>
    <message>
        <source>The folder to write into; maps of the same names are replaced.</source>
        <translation>Der Ordner, in den geschrieben wird; Karten gleichen Namens werden ersetzt.</translation>
    </message>
    <message>
        <source>Scenes mapped</source>
        <translation>Kartierte Szenen</translation>
    </message>
    <message>
        <source>Scenes that failed</source>
        <translation>Gescheiterte Szenen</translation>
    </message>
    <message>
        <source>Why they failed</source>
        <translation>Warum sie scheiterten</translation>
    </message>
    <message>
        <source>Maps</source>
        <translation>Karten</translation>
    </message>
    <message>
        <source>“{}” is no folder; choose one.</source>
        <translation>„{}“ ist kein Ordner; wählen Sie einen.</translation>
    </message>
    <message>
        <source>“{}” holds no raster, zip or .SAFE folder; choose another one.</source>
        <translation>„{}“ enthält weder Raster noch Zip noch .SAFE-Ordner; wählen Sie einen anderen.</translation>
    </message>
    <message>
        <source>The maps cannot go into the folder of the scenes; choose another one.</source>
        <translation>Die Karten können nicht in den Ordner der Szenen; wählen Sie einen anderen.</translation>
    </message>
    <message>
        <source>{0} of {1}: {2}</source>
        <translation>{0} von {1}: {2}</translation>
    </message>
    <message>
        <source>{0} of {1} are done; run it again with the same folders to go on.</source>
        <translation>{0} von {1} sind fertig; lassen Sie es mit denselben Ordnern noch einmal laufen, um fortzufahren.</translation>
    </message>
    <message>
        <source>Stopped before the first scene; run it again to begin.</source>
        <translation>Vor der ersten Szene angehalten; starten Sie es noch einmal, um zu beginnen.</translation>
    </message>
    <message>
        <source>“{}” is no model of classes; make one with “Fit classes to samples”, or save it in the dock.</source>
        <translation>„{}“ ist kein Klassenmodell; erstellen Sie eines mit „Klassen aus Beispielen lernen“ oder speichern Sie es im Bedienfeld.</translation>
    </message>
    <message>
        <source>Left out, for they are no scenes: {}</source>
        <translation>Ausgelassen, weil es keine Szenen sind: {}</translation>
    </message>
    <message>
        <source>Failed: {0}: {1}</source>
        <translation>Gescheitert: {0}: {1}</translation>
    </message>
    <message>
        <source>No scene was mapped: {} failed, {} are no scenes; see above for why.</source>
        <translation>Keine Szene wurde kartiert: {} fehlgeschlagen, {} sind keine Szenen; siehe oben, warum.</translation>
    </message>
    <message>
        <source>{0} scenes mapped, {1} failed.</source>
        <translation>{0} Szenen kartiert, {1} gescheitert.</translation>
    </message>
</context>
<context>
    <name>MapPanel</name>
    <message>
        <source>Live map</source>
        <translation>Live-Karte</translation>
    </message>
    <message>
        <source>Where next</source>
        <translation>Wo als Nächstes</translation>
    </message>
    <message>
        <source>Similar places</source>
        <translation>Ähnliche Orte</translation>
    </message>
    <message>
        <source>Map of the whole layer</source>
        <translation>Karte des ganzen Layers</translation>
    </message>
</context>
<context>
    <name>MapSheets</name>
    <message>
        <source>The map is no longer in the project.</source>
        <translation>Die Karte ist nicht mehr im Projekt.</translation>
    </message>
    <message>
        <source>Measuring the map</source>
        <translation>Die Karte wird vermessen</translation>
    </message>
    <message>
        <source>Embedding: {}</source>
        <translation>Einbettung: {}</translation>
    </message>
</context>
<context>
    <name>MapsClasses</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Verweisen der Eingabe folgen</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Liest auch Dateien in anderen Ordnern und im Netz, die ein VRT oder ein STAC-Item nennt.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Kartierung</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Was herauskommt</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Tipp</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth hat kein Python, mit dem es rechnen kann; öffnen Sie in QGIS das MMEarth-Bedienfeld und richten Sie eines ein, oder nennen Sie in der Umgebungsvariablen MMEARTH_PYTHON ein Python, in dem mmearth installiert ist.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Klassenmodell</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Eine mit „Klassen aus Beispielen lernen“ gemachte oder im Bedienfeld gespeicherte Datei.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung ({} Kanäle); machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung; machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>kein Feld</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>„{}“ hat kein Feld „{}“; vorhanden: {}. Wählen Sie das Feld, das die Klasse nennt.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>„{}“ kann nicht in eine Datenbank geschrieben werden; wählen Sie eine eigene Datei.</translation>
    </message>
</context>
<context>
    <name>MatrixTable</name>
    <message>
        <source>Points are what was labelled; shares of the area weigh them by how large each class is on the map</source>
        <translation>Punkte sind, was bestimmt wurde; Flächenanteile gewichten sie danach, wie groß jede Klasse auf der Karte ist</translation>
    </message>
    <message>
        <source>What the map says, by row, of what the reference says, by column</source>
        <translation>Was die Karte sagt, je Zeile, zu dem, was die Referenz sagt, je Spalte</translation>
    </message>
    <message>
        <source>Error matrix</source>
        <translation>Fehlermatrix</translation>
    </message>
    <message>
        <source>What the map shows in rows, what the reference says in columns.</source>
        <translation>Was die Karte zeigt, in Zeilen; was die Referenz sagt, in Spalten.</translation>
    </message>
    <message>
        <source>points</source>
        <translation>Punkte</translation>
    </message>
    <message>
        <source>pixels</source>
        <translation>Pixel</translation>
    </message>
    <message>
        <source>% of the area</source>
        <translation>% der Fläche</translation>
    </message>
    <message>
        <source>total</source>
        <translation>Summe</translation>
    </message>
    <message>
        <source>The map shows {0}, the reference says {1}: {2} {3}</source>
        <translation>Die Karte zeigt {0}, die Referenz sagt {1}: {2} {3}</translation>
    </message>
    <message>
        <source>{0} % of the area, {1} ha</source>
        <translation>{0} % der Fläche, {1} ha</translation>
    </message>
</context>
<context>
    <name>OfEmbedding</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Verweisen der Eingabe folgen</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Liest auch Dateien in anderen Ordnern und im Netz, die ein VRT oder ein STAC-Item nennt.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Kartierung</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Was herauskommt</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Tipp</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth hat kein Python, mit dem es rechnen kann; öffnen Sie in QGIS das MMEarth-Bedienfeld und richten Sie eines ein, oder nennen Sie in der Umgebungsvariablen MMEARTH_PYTHON ein Python, in dem mmearth installiert ist.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Klassenmodell</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Eine mit „Klassen aus Beispielen lernen“ gemachte oder im Bedienfeld gespeicherte Datei.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung ({} Kanäle); machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung; machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>kein Feld</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>„{}“ hat kein Feld „{}“; vorhanden: {}. Wählen Sie das Feld, das die Klasse nennt.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>„{}“ kann nicht in eine Datenbank geschrieben werden; wählen Sie eine eigene Datei.</translation>
    </message>
</context>
<context>
    <name>OfMaps</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Verweisen der Eingabe folgen</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Liest auch Dateien in anderen Ordnern und im Netz, die ein VRT oder ein STAC-Item nennt.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Kartierung</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Was herauskommt</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Tipp</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth hat kein Python, mit dem es rechnen kann; öffnen Sie in QGIS das MMEarth-Bedienfeld und richten Sie eines ein, oder nennen Sie in der Umgebungsvariablen MMEARTH_PYTHON ein Python, in dem mmearth installiert ist.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Klassenmodell</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Eine mit „Klassen aus Beispielen lernen“ gemachte oder im Bedienfeld gespeicherte Datei.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung ({} Kanäle); machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung; machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>kein Feld</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>„{}“ hat kein Feld „{}“; vorhanden: {}. Wählen Sie das Feld, das die Klasse nennt.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>„{}“ kann nicht in eine Datenbank geschrieben werden; wählen Sie eine eigene Datei.</translation>
    </message>
</context>
<context>
    <name>OfScene</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Verweisen der Eingabe folgen</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Liest auch Dateien in anderen Ordnern und im Netz, die ein VRT oder ein STAC-Item nennt.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Kartierung</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Was herauskommt</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Tipp</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth hat kein Python, mit dem es rechnen kann; öffnen Sie in QGIS das MMEarth-Bedienfeld und richten Sie eines ein, oder nennen Sie in der Umgebungsvariablen MMEARTH_PYTHON ein Python, in dem mmearth installiert ist.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Klassenmodell</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Eine mit „Klassen aus Beispielen lernen“ gemachte oder im Bedienfeld gespeicherte Datei.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung ({} Kanäle); machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung; machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>kein Feld</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>„{}“ hat kein Feld „{}“; vorhanden: {}. Wählen Sie das Feld, das die Klasse nennt.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>„{}“ kann nicht in eine Datenbank geschrieben werden; wählen Sie eine eigene Datei.</translation>
    </message>
</context>
<context>
    <name>OfWorkingSet</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Verweisen der Eingabe folgen</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Liest auch Dateien in anderen Ordnern und im Netz, die ein VRT oder ein STAC-Item nennt.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Kartierung</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Was herauskommt</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Tipp</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth hat kein Python, mit dem es rechnen kann; öffnen Sie in QGIS das MMEarth-Bedienfeld und richten Sie eines ein, oder nennen Sie in der Umgebungsvariablen MMEARTH_PYTHON ein Python, in dem mmearth installiert ist.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Klassenmodell</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Eine mit „Klassen aus Beispielen lernen“ gemachte oder im Bedienfeld gespeicherte Datei.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung ({} Kanäle); machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung; machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>kein Feld</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>„{}“ hat kein Feld „{}“; vorhanden: {}. Wählen Sie das Feld, das die Klasse nennt.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>„{}“ kann nicht in eine Datenbank geschrieben werden; wählen Sie eine eigene Datei.</translation>
    </message>
</context>
<context>
    <name>OptionsPage</name>
    <message>
        <source>Where embeddings are kept, so that the same layer is embedded once</source>
        <translation>Wo Einbettungen aufbewahrt werden, damit jeder Layer nur einmal eingebettet wird</translation>
    </message>
    <message>
        <source> GB</source>
        <translation> GB</translation>
    </message>
    <message>
        <source>Beyond it the embeddings unused for longest are removed</source>
        <translation>Darüber hinaus werden die am längsten unbenutzten Einbettungen entfernt</translation>
    </message>
    <message>
        <source>Empty…</source>
        <translation>Leeren…</translation>
    </message>
    <message>
        <source>Delete all embeddings in the cache that no layer of the project uses</source>
        <translation>Alle Einbettungen im Cache löschen, die kein Layer des Projekts verwendet</translation>
    </message>
    <message>
        <source>Encoders</source>
        <translation>Encoder</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>Alle Dateien</translation>
    </message>
    <message>
        <source>The model to embed with: a name or a file; “default” comes with mmearth</source>
        <translation>Das Modell zum Einbetten: ein Name oder eine Datei; „default“ gehört zu mmearth</translation>
    </message>
    <message>
        <source>Python of your own</source>
        <translation>Eigenes Python</translation>
    </message>
    <message>
        <source>Leave it empty to use the environment below.</source>
        <translation>Leer lassen, um die Umgebung unten zu verwenden.</translation>
    </message>
    <message>
        <source>Environment</source>
        <translation>Umgebung</translation>
    </message>
    <message>
        <source>Embeddings</source>
        <translation>Einbettungen</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Cache</source>
        <translation>Cache</translation>
    </message>
    <message>
        <source>At most</source>
        <translation>Höchstens</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>Belegt</translation>
    </message>
    <message>
        <source>Counting…</source>
        <translation>Wird gezählt…</translation>
    </message>
    <message>
        <source>{size} GB</source>
        <translation>{size} GB</translation>
    </message>
    <message>
        <source>Not readable</source>
        <translation>Nicht lesbar</translation>
    </message>
    <message>
        <source>Delete the embeddings in {folder} that no layer of the project uses? They can be made again.</source>
        <translation>Die Einbettungen in {folder} löschen, die kein Layer des Projekts verwendet? Sie lassen sich wieder berechnen.</translation>
    </message>
    <message>
        <source>Empty the cache</source>
        <translation>Cache leeren</translation>
    </message>
</context>
<context>
    <name>Outline</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Verweisen der Eingabe folgen</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Liest auch Dateien in anderen Ordnern und im Netz, die ein VRT oder ein STAC-Item nennt.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Kartierung</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Was herauskommt</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Tipp</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth hat kein Python, mit dem es rechnen kann; öffnen Sie in QGIS das MMEarth-Bedienfeld und richten Sie eines ein, oder nennen Sie in der Umgebungsvariablen MMEARTH_PYTHON ein Python, in dem mmearth installiert ist.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Klassenmodell</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Eine mit „Klassen aus Beispielen lernen“ gemachte oder im Bedienfeld gespeicherte Datei.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung ({} Kanäle); machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung; machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>kein Feld</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>„{}“ hat kein Feld „{}“; vorhanden: {}. Wählen Sie das Feld, das die Klasse nennt.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>„{}“ kann nicht in eine Datenbank geschrieben werden; wählen Sie eine eigene Datei.</translation>
    </message>
    <message>
        <source>Outline</source>
        <translation>Umrisse zeichnen</translation>
    </message>
    <message>
        <source>Turns the areas of a class map, or what lies above a threshold of a similarity, into polygons.</source>
        <translation>Macht aus den Flächen einer Klassenkarte, oder aus dem, was über einem Schwellenwert einer Ähnlichkeit liegt, Polygone.</translation>
    </message>
    <message>
        <source>Polygons along the pixels' edges, with their class, pixels and hectares.</source>
        <translation>Polygone entlang der Pixelkanten, mit Klasse, Pixelzahl und Hektar.</translation>
    </message>
    <message>
        <source>For a similarity, begin with 0.6 and look where the edge runs; raise it when too much is inside.</source>
        <translation>Beginnen Sie bei einer Ähnlichkeit mit 0.6 und sehen Sie, wo die Grenze verläuft; erhöhen Sie den Wert, wenn zu viel darin liegt.</translation>
    </message>
    <message>
        <source>Map or similarity</source>
        <translation>Karte oder Ähnlichkeit</translation>
    </message>
    <message>
        <source>A raster made by “Classify embedding”, “Cluster embedding” or “Find similar places”.</source>
        <translation>Ein mit „Einbettung klassifizieren“, „Einbettung gruppieren“ oder „Ähnliche Orte finden“ gemachtes Raster.</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>Schwellenwert</translation>
    </message>
    <message>
        <source>Of a similarity: what is at least so similar is outlined. Blank for a map.</source>
        <translation>Bei einer Ähnlichkeit: Umrissen wird, was mindestens so ähnlich ist. Leer bei einer Karte.</translation>
    </message>
    <message>
        <source>Fewest pixels</source>
        <translation>Mindestzahl der Pixel</translation>
    </message>
    <message>
        <source>Areas of fewer pixels are left out.</source>
        <translation>Flächen mit weniger Pixeln werden ausgelassen.</translation>
    </message>
    <message>
        <source>Polygons</source>
        <translation>Polygone</translation>
    </message>
    <message>
        <source>The polygons to write.</source>
        <translation>Die Polygone, die geschrieben werden.</translation>
    </message>
    <message>
        <source>Number of polygons</source>
        <translation>Anzahl der Polygone</translation>
    </message>
    <message>
        <source>{} polygons.</source>
        <translation>{} Polygone.</translation>
    </message>
</context>
<context>
    <name>Plugin</name>
    <message>
        <source>MMEarth Few-Shot Mapper</source>
        <translation>MMEarth Few-Shot Mapper</translation>
    </message>
    <message>
        <source>Map land cover from a few samples</source>
        <translation>Landbedeckung aus wenigen Beispielen kartieren</translation>
    </message>
    <message>
        <source>Embed layer</source>
        <translation>Layer einbetten</translation>
    </message>
    <message>
        <source>A layer is still being embedded. Quit all the same? Finished tiles are kept, and embedding the layer again goes on from there.</source>
        <translation>Ein Layer wird noch eingebettet. Trotzdem beenden? Fertige Kacheln bleiben erhalten, und beim nächsten Einbetten des Layers geht es dort weiter.</translation>
    </message>
    <message>
        <source>{0}

Not begun yet, and to be asked for again then: {1}</source>
        <translation>{0}

Noch nicht begonnen und dann neu anzufordern: {1}</translation>
    </message>
    <message>
        <source>Still embedding</source>
        <translation>Einbettung läuft noch</translation>
    </message>
</context>
<context>
    <name>PolygonTool</name>
    <message>
        <source>click corners, right click ends</source>
        <translation>Ecken anklicken, Rechtsklick beendet</translation>
    </message>
    <message>
        <source>A polygon needs at least three corners.</source>
        <translation>Ein Polygon braucht mindestens drei Ecken.</translation>
    </message>
    <message>
        <source>There is no class with that key; add it, or type another.</source>
        <translation>Es gibt keine Klasse mit dieser Taste; fügen Sie sie hinzu, oder tippen Sie eine andere.</translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation>Es gibt nichts zurückzunehmen.</translation>
    </message>
    <message>
        <source>There is nothing to redo.</source>
        <translation>Es gibt nichts zu wiederholen.</translation>
    </message>
    <message>
        <source>There is no sample under the cursor; move onto one.</source>
        <translation>Unter dem Zeiger ist kein Beispiel; bewegen Sie ihn auf eines.</translation>
    </message>
    <message>
        <source>Choose or make a sample layer first.</source>
        <translation>Wählen oder erstellen Sie zuerst einen Beispiellayer.</translation>
    </message>
    <message>
        <source>Add a class first.</source>
        <translation>Fügen Sie zuerst eine Klasse hinzu.</translation>
    </message>
    <message>
        <source>This sample lies outside the embedding: nothing is learned from it. Z takes it back.</source>
        <translation>Dieses Beispiel liegt außerhalb der Einbettung: daraus wird nichts gelernt. Z nimmt es zurück.</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0}: {1}</translation>
    </message>
</context>
<context>
    <name>Provider</name>
    <message>
        <source>MMEarth Few-Shot Mapper</source>
        <translation>MMEarth Few-Shot Mapper</translation>
    </message>
</context>
<context>
    <name>PythonChooser</name>
    <message>
        <source>Choose a Python program</source>
        <translation>Python-Programm wählen</translation>
    </message>
    <message>
        <source>The Python program of an environment in which mmearth is installed</source>
        <translation>Das Python-Programm einer Umgebung, in der mmearth installiert ist</translation>
    </message>
    <message>
        <source>…/python or …\python.exe</source>
        <translation>…/python oder …\python.exe</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Testen</translation>
    </message>
    <message>
        <source>Start this Python and see whether mmearth works in it</source>
        <translation>Dieses Python starten und sehen, ob mmearth darin funktioniert</translation>
    </message>
    <message>
        <source>Testing, this takes some seconds…</source>
        <translation>Test läuft, das dauert einige Sekunden…</translation>
    </message>
</context>
<context>
    <name>RectangleTool</name>
    <message>
        <source>Keep the button pressed while you draw.</source>
        <translation>Halten Sie die Taste gedrückt, während Sie zeichnen.</translation>
    </message>
    <message>
        <source>drag from corner to corner, or click both</source>
        <translation>von Ecke zu Ecke ziehen oder beide anklicken</translation>
    </message>
    <message>
        <source>There is no class with that key; add it, or type another.</source>
        <translation>Es gibt keine Klasse mit dieser Taste; fügen Sie sie hinzu, oder tippen Sie eine andere.</translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation>Es gibt nichts zurückzunehmen.</translation>
    </message>
    <message>
        <source>There is nothing to redo.</source>
        <translation>Es gibt nichts zu wiederholen.</translation>
    </message>
    <message>
        <source>There is no sample under the cursor; move onto one.</source>
        <translation>Unter dem Zeiger ist kein Beispiel; bewegen Sie ihn auf eines.</translation>
    </message>
    <message>
        <source>Choose or make a sample layer first.</source>
        <translation>Wählen oder erstellen Sie zuerst einen Beispiellayer.</translation>
    </message>
    <message>
        <source>Add a class first.</source>
        <translation>Fügen Sie zuerst eine Klasse hinzu.</translation>
    </message>
    <message>
        <source>This sample lies outside the embedding: nothing is learned from it. Z takes it back.</source>
        <translation>Dieses Beispiel liegt außerhalb der Einbettung: daraus wird nichts gelernt. Z nimmt es zurück.</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0}: {1}</translation>
    </message>
</context>
<context>
    <name>ReferenceSample</name>
    <message>
        <source>Reference points</source>
        <translation>Referenzpunkte</translation>
    </message>
    <message>
        <source>not labelled</source>
        <translation>nicht bestimmt</translation>
    </message>
    <message>
        <source>labelled</source>
        <translation>bestimmt</translation>
    </message>
    <message>
        <source>Does not tell the class of the map</source>
        <translation>Verrät die Klasse der Karte nicht</translation>
    </message>
</context>
<context>
    <name>RelabelTool</name>
    <message>
        <source>click samples to give them this class</source>
        <translation>Beispiele anklicken, um ihnen diese Klasse zu geben</translation>
    </message>
    <message>
        <source>There is no class with that key; add it, or type another.</source>
        <translation>Es gibt keine Klasse mit dieser Taste; fügen Sie sie hinzu, oder tippen Sie eine andere.</translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation>Es gibt nichts zurückzunehmen.</translation>
    </message>
    <message>
        <source>There is nothing to redo.</source>
        <translation>Es gibt nichts zu wiederholen.</translation>
    </message>
    <message>
        <source>There is no sample under the cursor; move onto one.</source>
        <translation>Unter dem Zeiger ist kein Beispiel; bewegen Sie ihn auf eines.</translation>
    </message>
    <message>
        <source>Choose or make a sample layer first.</source>
        <translation>Wählen oder erstellen Sie zuerst einen Beispiellayer.</translation>
    </message>
    <message>
        <source>Add a class first.</source>
        <translation>Fügen Sie zuerst eine Klasse hinzu.</translation>
    </message>
    <message>
        <source>This sample lies outside the embedding: nothing is learned from it. Z takes it back.</source>
        <translation>Dieses Beispiel liegt außerhalb der Einbettung: daraus wird nichts gelernt. Z nimmt es zurück.</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0}: {1}</translation>
    </message>
</context>
<context>
    <name>ReplacedFiles</name>
    <message>
        <source>{} is a file with unsaved edits ({}); save or discard them, or choose another name.</source>
        <translation>{} ist eine Datei mit nicht gespeicherten Änderungen ({}): Speichern oder verwerfen Sie diese, oder wählen Sie einen anderen Namen.</translation>
    </message>
</context>
<context>
    <name>ReportDocument</name>
    <message>
        <source>Writing the report</source>
        <translation>Bericht wird geschrieben</translation>
    </message>
    <message>
        <source>{} cannot be written ({}); choose another folder.</source>
        <translation>{} kann nicht geschrieben werden ({}); wählen Sie einen anderen Ordner.</translation>
    </message>
    <message>
        <source>The report was cancelled.</source>
        <translation>Der Bericht wurde abgebrochen.</translation>
    </message>
    <message>
        <source>The report could not be set; the log tells more.</source>
        <translation>Der Bericht konnte nicht gesetzt werden; das Protokoll sagt mehr.</translation>
    </message>
</context>
<context>
    <name>RunBox</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Stop; finished tiles are kept and embedding goes on there next time</source>
        <translation>Anhalten; fertige Kacheln bleiben, und beim nächsten Mal geht es dort weiter</translation>
    </message>
    <message>
        <source>{0} was not embedded: {1}</source>
        <translation>{0} wurde nicht eingebettet: {1}</translation>
    </message>
    <message>
        <source>Waits: {}</source>
        <translation>Wartet: {}</translation>
    </message>
    <message>
        <source>Do not embed {}</source>
        <translation>{} nicht einbetten</translation>
    </message>
    <message>
        <source>… and {} more</source>
        <translation>… und {} weitere</translation>
    </message>
</context>
<context>
    <name>Sample</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Verweisen der Eingabe folgen</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Liest auch Dateien in anderen Ordnern und im Netz, die ein VRT oder ein STAC-Item nennt.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Kartierung</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Was herauskommt</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Tipp</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth hat kein Python, mit dem es rechnen kann; öffnen Sie in QGIS das MMEarth-Bedienfeld und richten Sie eines ein, oder nennen Sie in der Umgebungsvariablen MMEARTH_PYTHON ein Python, in dem mmearth installiert ist.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Klassenmodell</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Eine mit „Klassen aus Beispielen lernen“ gemachte oder im Bedienfeld gespeicherte Datei.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung ({} Kanäle); machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung; machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>kein Feld</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>„{}“ hat kein Feld „{}“; vorhanden: {}. Wählen Sie das Feld, das die Klasse nennt.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>„{}“ kann nicht in eine Datenbank geschrieben werden; wählen Sie eine eigene Datei.</translation>
    </message>
    <message>
        <source>Draw reference sample</source>
        <translation>Referenzstichprobe ziehen</translation>
    </message>
    <message>
        <source>Draws random pixels of a map, stratified by its classes, to be labelled without looking at it.</source>
        <translation>Zieht zufällige Pixel einer Karte, geschichtet nach deren Klassen, um sie zu bestimmen, ohne auf die Karte zu sehen.</translation>
    </message>
    <message>
        <source>Points in random order with an empty field class to fill, and fields that “Assess map” weighs them by.</source>
        <translation>Punkte in zufälliger Reihenfolge mit einem leeren Feld class zum Ausfüllen und Feldern, nach denen „Karte prüfen“ sie gewichtet.</translation>
    </message>
    <message>
        <source>Hide the map and the field stratum while you label: who knows the answer, agrees too easily.</source>
        <translation>Blenden Sie beim Bestimmen die Karte und das Feld stratum aus: Wer die Antwort kennt, stimmt zu leicht zu.</translation>
    </message>
    <message>
        <source>Number of points</source>
        <translation>Anzahl der Punkte</translation>
    </message>
    <message>
        <source>In all. A few hundred give intervals of a few percent.</source>
        <translation>Insgesamt. Einige Hundert ergeben Intervalle von wenigen Prozent.</translation>
    </message>
    <message>
        <source>At least in each class</source>
        <translation>Mindestens je Klasse</translation>
    </message>
    <message>
        <source>Points get shared out by area, but no class gets fewer; blank: 50, or what the number allows.</source>
        <translation>Die Punkte werden nach Fläche verteilt, aber keine Klasse erhält weniger; leer: 50, oder was die Anzahl zulässt.</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>The same map, numbers and seed give the same points.</source>
        <translation>Gleiche Karte, Anzahlen und Startwert ergeben dieselben Punkte.</translation>
    </message>
    <message>
        <source>Reference sample</source>
        <translation>Referenzstichprobe</translation>
    </message>
    <message>
        <source>The points to write.</source>
        <translation>Die Punkte, die geschrieben werden.</translation>
    </message>
</context>
<context>
    <name>SampleCheck</name>
    <message>
        <source>Choose an embedding to see pixels and doubtful samples.</source>
        <translation>Wählen Sie eine Einbettung, um Pixel und zweifelhafte Beispiele zu sehen.</translation>
    </message>
    <message>
        <source>Looking at the samples…</source>
        <translation>Die Beispiele werden angesehen…</translation>
    </message>
</context>
<context>
    <name>SampleDrawing</name>
    <message>
        <source>Drawing the reference sample</source>
        <translation>Referenzstichprobe wird gezogen</translation>
    </message>
</context>
<context>
    <name>SampleLayerBox</name>
    <message>
        <source>Samples</source>
        <translation>Beispiele</translation>
    </message>
    <message>
        <source>New sample layer</source>
        <translation>Neuer Beispiellayer</translation>
    </message>
    <message>
        <source>The worker is being started for the first time; it says what classes are like.</source>
        <translation>Der Rechenprozess startet zum ersten Mal; er sagt, wie Klassen aussehen.</translation>
    </message>
    <message>
        <source>Make an empty GeoPackage for samples beside the embedding</source>
        <translation>Ein leeres GeoPackage für Beispielflächen neben der Einbettung anlegen</translation>
    </message>
    <message>
        <source>The classes the new layer starts with: {} or none</source>
        <translation>Die Klassen, mit denen der neue Layer beginnt: {} oder keine</translation>
    </message>
    <message>
        <source>Land cover ({})</source>
        <translation>Landbedeckung ({})</translation>
    </message>
    <message>
        <source>Empty</source>
        <translation>Leer</translation>
    </message>
    <message>
        <source>The layer of samples: polygons, in which you can draw, lines or points</source>
        <translation>Der Layer der Beispiele: Polygone, in die man zeichnen kann, Linien oder Punkte</translation>
    </message>
    <message>
        <source>The field that names the class of each sample</source>
        <translation>Das Feld, das die Klasse jedes Beispiels nennt</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Layer</translation>
    </message>
    <message>
        <source>Class field</source>
        <translation>Klassenfeld</translation>
    </message>
</context>
<context>
    <name>SampleModel</name>
    <message>
        <source>Pixels of the embedding that the sample covers: what is learned from it</source>
        <translation>Pixel der Einbettung, die das Beispiel bedeckt: was daraus gelernt wird</translation>
    </message>
    <message>
        <source>What a model takes the sample for that did not learn from this place</source>
        <translation>Wofür ein Modell das Beispiel hält, das von diesem Ort nichts gelernt hat</translation>
    </message>
    <message>
        <source>Share of the sample's pixels that this model takes for the class it was drawn as</source>
        <translation>Anteil der Pixel des Beispiels, die dieses Modell für die gezeichnete Klasse hält</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>Klasse</translation>
    </message>
    <message>
        <source>Area</source>
        <translation>Fläche</translation>
    </message>
    <message>
        <source>Pixels</source>
        <translation>Pixel</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>Herkunft</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>Datum</translation>
    </message>
    <message>
        <source>Looks like</source>
        <translation>Sieht aus wie</translation>
    </message>
    <message>
        <source>Agrees</source>
        <translation>Stimmt zu</translation>
    </message>
    <message>
        <source>drawn</source>
        <translation>gezeichnet</translation>
    </message>
    <message>
        <source>Not looked at yet: this takes an embedding and samples of two classes.</source>
        <translation>Noch nicht angesehen: Dafür braucht es eine Einbettung und Beispiele von zwei Klassen.</translation>
    </message>
    <message>
        <source>No pixel can be learned from: the sample lies outside, on no-data or under samples of other classes.</source>
        <translation>Von keinem Pixel kann gelernt werden: Das Beispiel liegt außerhalb, auf NoData oder unter Beispielen anderer Klassen.</translation>
    </message>
    <message>
        <source>No model can do without this place: the class has no samples anywhere else.</source>
        <translation>Kein Modell kommt ohne diesen Ort aus: Die Klasse hat nirgends sonst Beispiele.</translation>
    </message>
    <message>
        <source>{} % of its pixels are taken for {}, most for {}</source>
        <translation>{} % seiner Pixel werden für {} gehalten, die meisten für {}</translation>
    </message>
    <message>
        <source>This was before the last change; it is looked at again when the hand rests.</source>
        <translation>Das war vor der letzten Änderung; sobald die Hand ruht, wird es neu angesehen.</translation>
    </message>
</context>
<context>
    <name>SampleTool</name>
    <message>
        <source>There is no class with that key; add it, or type another.</source>
        <translation>Es gibt keine Klasse mit dieser Taste; fügen Sie sie hinzu, oder tippen Sie eine andere.</translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation>Es gibt nichts zurückzunehmen.</translation>
    </message>
    <message>
        <source>There is nothing to redo.</source>
        <translation>Es gibt nichts zu wiederholen.</translation>
    </message>
    <message>
        <source>There is no sample under the cursor; move onto one.</source>
        <translation>Unter dem Zeiger ist kein Beispiel; bewegen Sie ihn auf eines.</translation>
    </message>
    <message>
        <source>Choose or make a sample layer first.</source>
        <translation>Wählen oder erstellen Sie zuerst einen Beispiellayer.</translation>
    </message>
    <message>
        <source>Add a class first.</source>
        <translation>Fügen Sie zuerst eine Klasse hinzu.</translation>
    </message>
    <message>
        <source>This sample lies outside the embedding: nothing is learned from it. Z takes it back.</source>
        <translation>Dieses Beispiel liegt außerhalb der Einbettung: daraus wird nichts gelernt. Z nimmt es zurück.</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0}: {1}</translation>
    </message>
</context>
<context>
    <name>SampleWindow</name>
    <message>
        <source>There is no class {}.</source>
        <translation>Es gibt keine Klasse {}.</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>Beispiele</translation>
    </message>
    <message>
        <source>Samples – {}</source>
        <translation>Beispiele – {}</translation>
    </message>
    <message>
        <source>New class</source>
        <translation>Neue Klasse</translation>
    </message>
    <message>
        <source>Name of the new class:</source>
        <translation>Name der neuen Klasse:</translation>
    </message>
    <message>
        <source>{} of {} selected</source>
        <translation>{} von {} ausgewählt</translation>
    </message>
    <message>
        <source>No samples yet.</source>
        <translation>Noch keine Beispiele.</translation>
    </message>
    <message>
        <source>{} look like another class</source>
        <translation>{} sehen wie eine andere Klasse aus</translation>
    </message>
    <message>
        <source>Digits give the selected samples a class, Delete erases them, Return or a double click shows them</source>
        <translation>Ziffern geben den ausgewählten Beispielen eine Klasse, Entf löscht sie, Eingabe oder ein Doppelklick zeigt sie</translation>
    </message>
    <message>
        <source>Give class</source>
        <translation>Klasse geben</translation>
    </message>
    <message>
        <source>Give the selected samples another class; its digit does the same</source>
        <translation>Den ausgewählten Beispielen eine andere Klasse geben; ihre Ziffer tut dasselbe</translation>
    </message>
    <message>
        <source>New class…</source>
        <translation>Neue Klasse…</translation>
    </message>
    <message>
        <source>Split the selected samples off: they become a class of their own</source>
        <translation>Die ausgewählten Beispiele abspalten: Sie werden eine eigene Klasse</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>Show the selected samples on the map (Return, or a double click)</source>
        <translation>Die ausgewählten Beispiele auf der Karte zeigen (Eingabe oder Doppelklick)</translation>
    </message>
    <message>
        <source>Erase</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Erase the selected samples (Delete); undo brings them back</source>
        <translation>Die ausgewählten Beispiele löschen (Entf); Rückgängig bringt sie zurück</translation>
    </message>
    <message>
        <source>Only doubtful ones</source>
        <translation>Nur zweifelhafte</translation>
    </message>
    <message>
        <source>Only samples that look like another class: mislabelled, mixed, or unlike the others of theirs</source>
        <translation>Nur Beispiele, die wie eine andere Klasse aussehen: falsch bezeichnet, gemischt oder anders als die übrigen</translation>
    </message>
</context>
<context>
    <name>Samples</name>
    <message>
        <source>New class {}</source>
        <translation>Neue Klasse {}</translation>
    </message>
    <message>
        <source>Rename {} to {}</source>
        <translation>{} in {} umbenennen</translation>
    </message>
    <message>
        <source>Colour of {}</source>
        <translation>Farbe von {}</translation>
    </message>
    <message>
        <source>Remove {}</source>
        <translation>{} entfernen</translation>
    </message>
    <message>
        <source>Merge {} into {}</source>
        <translation>{} mit {} vereinen</translation>
    </message>
    <message>
        <source>The class has no name; type one.</source>
        <translation>Die Klasse hat keinen Namen; geben Sie einen ein.</translation>
    </message>
    <message>
        <source>There is a class {} already; choose another name.</source>
        <translation>Es gibt schon eine Klasse {}; wählen Sie einen anderen Namen.</translation>
    </message>
    <message>
        <source>{} is too long, for the field takes {} characters; choose a shorter name.</source>
        <translation>{} ist zu lang, denn das Feld fasst {} Zeichen; wählen Sie einen kürzeren Namen.</translation>
    </message>
    <message>
        <source>{} cannot be read ({}); choose a file that you may read.</source>
        <translation>{} lässt sich nicht lesen ({}); wählen Sie eine Datei, die Sie lesen dürfen.</translation>
    </message>
    <message>
        <source>{} is not a class set, for it is no JSON; choose another file.</source>
        <translation>{} ist kein Klassensatz, denn es ist kein JSON; wählen Sie eine andere Datei.</translation>
    </message>
    <message>
        <source>{} is not a class set, for its “format” is not “{}”; choose another file.</source>
        <translation>{} ist kein Klassensatz, denn sein „format“ ist nicht „{}“; wählen Sie eine andere Datei.</translation>
    </message>
    <message>
        <source>{} has version {} of the format of class sets, this plugin reads version {}; update it.</source>
        <translation>{} hat Version {} des Formats von Klassensätzen, dieses Plugin liest Version {}; aktualisieren Sie es.</translation>
    </message>
    <message>
        <source>{} lists no classes; add some to it.</source>
        <translation>{} führt keine Klassen auf; fügen Sie welche hinzu.</translation>
    </message>
    <message>
        <source>code</source>
        <translation>den Code</translation>
    </message>
    <message>
        <source>name</source>
        <translation>den Namen</translation>
    </message>
    <message>
        <source>{} has the {} {} twice; correct it there.</source>
        <translation>{} hat {} {} zweimal; berichtigen Sie es dort.</translation>
    </message>
    <message>
        <source>{} cannot be written ({}); choose another place.</source>
        <translation>{} lässt sich nicht schreiben ({}); wählen Sie einen anderen Ort.</translation>
    </message>
    <message>
        <source>Two classes would be called {}; rename one of them first.</source>
        <translation>Zwei Klassen würden {} heißen; benennen Sie zuerst eine davon um.</translation>
    </message>
    <message>
        <source>Class set {}</source>
        <translation>Klassensatz {}</translation>
    </message>
    <message>
        <source>{}: class {} is no object with name and colour; correct it there.</source>
        <translation>{}: Klasse {} ist kein Objekt mit Name und Farbe; berichtigen Sie es dort.</translation>
    </message>
    <message>
        <source>{}: class {} has no name; give it one there.</source>
        <translation>{}: Klasse {} hat keinen Namen; geben Sie ihr dort einen.</translation>
    </message>
    <message>
        <source>{}: the colour of {} is no colour; write it like #0072b2.</source>
        <translation>{}: Die Farbe von {} ist keine Farbe; schreiben Sie sie wie #0072b2.</translation>
    </message>
    <message>
        <source>{}: the code of {} is no whole number; correct it there.</source>
        <translation>{}: Der Code von {} ist keine ganze Zahl; berichtigen Sie ihn dort.</translation>
    </message>
    <message>
        <source>water</source>
        <translation>Wasser</translation>
    </message>
    <message>
        <source>forest</source>
        <translation>Wald</translation>
    </message>
    <message>
        <source>grass</source>
        <translation>Grünland</translation>
    </message>
    <message>
        <source>crop</source>
        <translation>Ackerland</translation>
    </message>
    <message>
        <source>built</source>
        <translation>Bebauung</translation>
    </message>
    <message>
        <source>bare</source>
        <translation>Offenboden</translation>
    </message>
    <message>
        <source>A map holds {} classes and their values are used up; start a new sample layer.</source>
        <translation>Eine Karte fasst {} Klassen, und deren Werte sind verbraucht; beginnen Sie einen neuen Beispiellayer.</translation>
    </message>
    <message>
        <source>Field {} of {} has more than {} different values; choose the field with the class.</source>
        <translation>Feld {} von {} hat mehr als {} verschiedene Werte; wählen Sie das Feld mit der Klasse.</translation>
    </message>
    <message>
        <source>{} holds no polygons, so nothing can be taken in; make a new sample layer.</source>
        <translation>{} enthält keine Polygone und kann nichts übernehmen; legen Sie einen neuen Beispiel-Layer an.</translation>
    </message>
    <message>
        <source>Points and lines become pixels of an embedding; choose an embedding first.</source>
        <translation>Punkte und Linien werden Pixel einer Einbettung; wählen Sie zuerst eine Einbettung.</translation>
    </message>
    <message>
        <source>without a class</source>
        <translation>ohne Klasse</translation>
    </message>
    <message>
        <source>of the same shape as a sample there is</source>
        <translation>von gleicher Form wie ein vorhandenes Beispiel</translation>
    </message>
    <message>
        <source>Import of {}</source>
        <translation>Übernahme von {}</translation>
    </message>
    <message>
        <source>{} does not take the new samples; check that the layer can be edited.</source>
        <translation>{} nimmt die neuen Proben nicht an; prüfen Sie, ob der Layer bearbeitet werden kann.</translation>
    </message>
    <message>
        <source>without a shape</source>
        <translation>ohne Form</translation>
    </message>
    <message>
        <source>at places that one of the coordinate systems does not have</source>
        <translation>an Orten, die eines der Koordinatensysteme nicht hat</translation>
    </message>
    <message>
        <source>outside the embedding</source>
        <translation>außerhalb der Einbettung</translation>
    </message>
    <message>
        <source>without an area</source>
        <translation>ohne Fläche</translation>
    </message>
    <message>
        <source>{} cannot be edited: its file or the layer is read-only; choose another sample layer.</source>
        <translation>{} kann nicht bearbeitet werden: Die Datei oder der Layer ist schreibgeschützt; wählen Sie einen anderen Beispiellayer.</translation>
    </message>
    <message>
        <source>{} cannot be edited; choose another sample layer.</source>
        <translation>{} kann nicht bearbeitet werden; wählen Sie einen anderen Beispiellayer.</translation>
    </message>
    <message>
        <source>What {} holds counts as samples, but only polygons can be drawn; make a new sample layer.</source>
        <translation>Was {} enthält, zählt als Beispiele, aber zeichnen lassen sich nur Polygone; erstellen Sie einen neuen Beispiellayer.</translation>
    </message>
    <message>
        <source>Sample of {}</source>
        <translation>Beispielfläche für {}</translation>
    </message>
    <message>
        <source>{} does not take the new sample; check that the layer can be edited.</source>
        <translation>{} nimmt die neue Probe nicht an; prüfen Sie, ob der Layer bearbeitet werden kann.</translation>
    </message>
    <message>
        <source>Erase sample</source>
        <translation>Beispielfläche löschen</translation>
    </message>
    <message>
        <source>Erase {} samples</source>
        <translation>{} Beispielflächen löschen</translation>
    </message>
    <message>
        <source>Sample becomes {}</source>
        <translation>Beispiel wird {}</translation>
    </message>
    <message>
        <source>{} samples become {}</source>
        <translation>{} Beispiele werden {}</translation>
    </message>
    <message>
        <source>no reason given</source>
        <translation>kein Grund angegeben</translation>
    </message>
    <message>
        <source>{} could not be saved ({}); check that its file can be written, and save again.</source>
        <translation>{} ließ sich nicht speichern ({}); prüfen Sie, ob die Datei beschreibbar ist, und speichern Sie noch einmal.</translation>
    </message>
    <message>
        <source>That place cannot be expressed in the CRS of {} ({}); draw elsewhere, or use a layer in another CRS.</source>
        <translation>Dieser Ort lässt sich im KBS von {} ({}) nicht ausdrücken; zeichnen Sie anderswo, oder nehmen Sie einen Layer in einem anderen KBS.</translation>
    </message>
    <message>
        <source>The shape has no area; draw a larger one.</source>
        <translation>Die Form hat keine Fläche; zeichnen Sie eine größere.</translation>
    </message>
    <message>
        <source>{} exists already; choose another name.</source>
        <translation>{} ist schon vorhanden; wählen Sie einen anderen Namen.</translation>
    </message>
    <message>
        <source>{} cannot be made without a coordinate reference system; set that of the project first.</source>
        <translation>{} lässt sich ohne Koordinatenbezugssystem nicht anlegen; legen Sie zuerst das des Projekts fest.</translation>
    </message>
    <message>
        <source>it does not open again</source>
        <translation>die Datei lässt sich nicht wieder öffnen</translation>
    </message>
    <message>
        <source>{} is not a layer of polygons, lines or points; choose such a layer.</source>
        <translation>{} ist kein Layer mit Polygonen, Linien oder Punkten; wählen Sie einen solchen.</translation>
    </message>
    <message>
        <source>Field {} of {} holds other than whole numbers; choose the field with the class.</source>
        <translation>Das Feld {} von {} enthält andere als ganze Zahlen; wählen Sie das Feld mit der Klasse.</translation>
    </message>
    <message>
        <source>{} has no field {}; choose the field with the class.</source>
        <translation>{} hat kein Feld {}; wählen Sie das Feld mit der Klasse.</translation>
    </message>
</context>
<context>
    <name>SamplesPanel</name>
    <message>
        <source>There is no sample layer; make one first, or choose one.</source>
        <translation>Es gibt keinen Probenlayer; legen Sie zuerst einen an, oder wählen Sie einen.</translation>
    </message>
    <message>
        <source>The worker is being started for the first time; it says what classes are like.</source>
        <translation>Der Rechenprozess startet zum ersten Mal; er sagt, wie Klassen aussehen.</translation>
    </message>
    <message>
        <source>There is no class {}.</source>
        <translation>Es gibt keine Klasse {}.</translation>
    </message>
    <message>
        <source>Save edits ({} unsaved)</source>
        <translation>Speichern ({} ungespeichert)</translation>
    </message>
    <message>
        <source>Save edits</source>
        <translation>Änderungen speichern</translation>
    </message>
    <message>
        <source>Make a sample layer, or choose a layer of polygons and the field that names the class.</source>
        <translation>Erstellen Sie einen Beispiellayer, oder wählen Sie einen Polygonlayer und das Feld, das die Klasse nennt.</translation>
    </message>
    <message>
        <source>Add at least two classes: a map tells one from another.</source>
        <translation>Fügen Sie mindestens zwei Klassen hinzu: Eine Karte unterscheidet die eine von der anderen.</translation>
    </message>
    <message>
        <source>Draw at least two samples of each class, apart from each other. Still to do: {}.</source>
        <translation>Zeichnen Sie mindestens zwei Beispielflächen je Klasse, weit voneinander. Noch zu tun: {}.</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>Klassen</translation>
    </message>
    <message>
        <source>Draw</source>
        <translation>Zeichnen</translation>
    </message>
    <message>
        <source>On the map digits choose the class; ? shows all keys.</source>
        <translation>Auf der Karte wählen Ziffern die Klasse; ? zeigt alle Tasten.</translation>
    </message>
    <message>
        <source>Take the last edit back (Z on the map)</source>
        <translation>Die letzte Änderung zurücknehmen (Z in der Karte)</translation>
    </message>
    <message>
        <source>Do again what was taken back (Shift+Z on the map)</source>
        <translation>Das Zurückgenommene wiederholen (Umschalt+Z in der Karte)</translation>
    </message>
    <message>
        <source>Relabel</source>
        <translation>Umbenennen</translation>
    </message>
    <message>
        <source>Click samples to give them this class</source>
        <translation>Beispiele anklicken, um ihnen diese Klasse zu geben</translation>
    </message>
    <message>
        <source>Write the samples to their file; the map follows unsaved ones too</source>
        <translation>Die Beispielflächen in ihre Datei schreiben; die Karte folgt auch den ungespeicherten</translation>
    </message>
</context>
<context>
    <name>SceneTable</name>
    <message>
        <source>Scene</source>
        <translation>Szene</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>Datum</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>Ort</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Double-click to say the day the image was taken, as 2021-05-27</source>
        <translation>Doppelklicken, um den Aufnahmetag anzugeben, etwa 2021-05-27</translation>
    </message>
    <message>
        <source>By its name; double-click if the image was taken on another day</source>
        <translation>Nach seinem Namen; doppelklicken, wenn das Bild an einem anderen Tag aufgenommen wurde</translation>
    </message>
    <message>
        <source>{}
Double-click to answer it in the Embed tab</source>
        <translation>{}
Doppelklicken, um im Reiter „Einbetten“ zu antworten</translation>
    </message>
    <message>
        <source>{}
Say where it is now (Change Data Source… of the layer), or remove the layer</source>
        <translation>{}
Sagen Sie, wo sie jetzt ist (Datenquelle ändern… am Layer), oder entfernen Sie den Layer</translation>
    </message>
    <message>
        <source>Do not embed it; finished tiles are kept</source>
        <translation>Nicht einbetten; fertige Kacheln bleiben</translation>
    </message>
</context>
<context>
    <name>Scenes</name>
    <message>
        <source>{} %</source>
        <translation>{} %</translation>
    </message>
    <message>
        <source>embedded</source>
        <translation>eingebettet</translation>
    </message>
    <message>
        <source>changed since it was embedded</source>
        <translation>seit dem Einbetten geändert</translation>
    </message>
    <message>
        <source>its file is gone</source>
        <translation>die Datei ist nicht mehr da</translation>
    </message>
    <message>
        <source>not embedded</source>
        <translation>nicht eingebettet</translation>
    </message>
    <message>
        <source>layer to learn from</source>
        <translation>Layer zum Lernen</translation>
    </message>
    <message>
        <source>waits</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>failed: {}</source>
        <translation>gescheitert: {}</translation>
    </message>
</context>
<context>
    <name>ScenesWindow</name>
    <message>
        <source>Several scenes</source>
        <translation>Mehrere Szenen</translation>
    </message>
    <message>
        <source>{} added and ticked.</source>
        <translation>{} hinzugefügt und angehakt.</translation>
    </message>
    <message>
        <source>Nothing was added.</source>
        <translation>Nichts wurde hinzugefügt.</translation>
    </message>
    <message>
        <source>Left out, for they are no scenes ({0}): {1}</source>
        <translation>Ausgelassen, weil es keine Szenen sind ({0}): {1}</translation>
    </message>
    <message>
        <source>The folder {0} cannot be read ({1}); choose another one.</source>
        <translation>Der Ordner {0} lässt sich nicht lesen ({1}); wählen Sie einen anderen.</translation>
    </message>
    <message>
        <source>Putting them together…</source>
        <translation>Wird zusammengestellt …</translation>
    </message>
    <message>
        <source>{} is not a working set; make one with “Save set…”.</source>
        <translation>{} ist kein Arbeitssatz; erstellen Sie einen mit „Satz speichern…“.</translation>
    </message>
    <message>
        <source>The working set names files in other places:

{}

Read them?</source>
        <translation>Der Arbeitssatz nennt Dateien an anderen Orten:

{}

Sollen sie gelesen werden?</translation>
    </message>
    <message>
        <source>Files elsewhere</source>
        <translation>Dateien anderswo</translation>
    </message>
    <message>
        <source>Cannot be opened: {}</source>
        <translation>Lässt sich nicht öffnen: {}</translation>
    </message>
    <message>
        <source>Add rasters…</source>
        <translation>Raster hinzufügen…</translation>
    </message>
    <message>
        <source>Scenes, embeddings that others made, and layers such as heights</source>
        <translation>Szenen, Einbettungen anderer und Layer wie Höhen</translation>
    </message>
    <message>
        <source>Add folder…</source>
        <translation>Ordner hinzufügen…</translation>
    </message>
    <message>
        <source>All scenes of a folder</source>
        <translation>Alle Szenen eines Ordners</translation>
    </message>
    <message>
        <source>Open set…</source>
        <translation>Satz öffnen…</translation>
    </message>
    <message>
        <source>Open a working set: the file that the toolbox and the command line take too</source>
        <translation>Einen Arbeitssatz öffnen: die Datei, die auch Werkzeugkiste und Kommandozeile nehmen</translation>
    </message>
    <message>
        <source>Save set…</source>
        <translation>Satz speichern…</translation>
    </message>
    <message>
        <source>Save what is ticked as a working set, with the samples in work when they are saved</source>
        <translation>Das Angehakte als Arbeitssatz speichern, mit den benutzten Beispielen, wenn diese gespeichert sind</translation>
    </message>
    <message>
        <source>Embed what is ticked and not embedded yet, one after the other; you can go on working meanwhile</source>
        <translation>Einbetten, was angehakt und noch nicht eingebettet ist, eins nach dem anderen; Sie können währenddessen weiterarbeiten</translation>
    </message>
    <message>
        <source>Work with these</source>
        <translation>Mit diesen arbeiten</translation>
    </message>
    <message>
        <source>Cancel all</source>
        <translation>Alle abbrechen</translation>
    </message>
    <message>
        <source>Embed nothing more; finished tiles are kept</source>
        <translation>Nichts mehr einbetten; fertige Kacheln bleiben</translation>
    </message>
    <message>
        <source>Draw samples</source>
        <translation>Beispiele zeichnen</translation>
    </message>
    <message>
        <source>The next step: draw in any of the scenes; all of them are mapped</source>
        <translation>Der nächste Schritt: in einer der Szenen zeichnen; alle werden kartiert</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>Veränderung…</translation>
    </message>
    <message>
        <source>Map what became what between two dates, with areas in hectares</source>
        <translation>Kartieren, was zwischen zwei Tagen woraus wurde, mit Flächen in Hektar</translation>
    </message>
    <message>
        <source>Tick what belongs together: dates of one place, several places, layers to learn from.</source>
        <translation>Haken Sie an, was zusammengehört: Tage eines Ortes, mehrere Orte, Layer zum Lernen.</translation>
    </message>
    <message>
        <source>Embed {}</source>
        <translation>{} einbetten</translation>
    </message>
    <message>
        <source>Embed</source>
        <translation>Einbetten</translation>
    </message>
    <message>
        <source>They are no longer worked on together; tick what belongs together, and “Work with these”.</source>
        <translation>Mit ihnen wird nicht mehr gemeinsam gearbeitet; haken Sie an, was zusammengehört, und „Mit diesen arbeiten“.</translation>
    </message>
    <message>
        <source>{} ticked whose files are gone are left out: find them again, or take the tick away</source>
        <translation>{} angehakte, deren Dateien fehlen, bleiben weg: Finden Sie sie wieder, oder nehmen Sie den Haken weg</translation>
    </message>
    <message>
        <source>{} ticked and not embedded: embed them first, or they are left out</source>
        <translation>{} angehakt und nicht eingebettet: betten Sie sie zuerst ein, sonst bleiben sie aus</translation>
    </message>
    <message>
        <source>Tick two scenes, or a scene and a layer; a single one is chosen in the Embed tab</source>
        <translation>Haken Sie zwei Szenen an oder eine Szene und einen Layer; eine einzelne wird im Reiter „Einbetten“ gewählt</translation>
    </message>
    <message>
        <source>Their dates are being read</source>
        <translation>Ihre Aufnahmedaten werden gelesen</translation>
    </message>
    <message>
        <source>Samples and maps are of all that is ticked: dates of a place vote, each place gets a map</source>
        <translation>Beispiele und Karten gelten für alles Angehakte: Tage eines Ortes stimmen ab, jeder Ort bekommt eine Karte</translation>
    </message>
    <message>
        <source>Worked on now: {0} scenes ({1}). Samples may be drawn in any of them.</source>
        <translation>In Arbeit: {0} Szenen ({1}). Beispiele können in jeder gezeichnet werden.</translation>
    </message>
    <message>
        <source>Saved: {0} scenes ({1}).</source>
        <translation>Gespeichert: {0} Szenen ({1}).</translation>
    </message>
    <message>
        <source>Add rasters</source>
        <translation>Raster hinzufügen</translation>
    </message>
    <message>
        <source>Add the scenes of a folder</source>
        <translation>Die Szenen eines Ordners hinzufügen</translation>
    </message>
    <message>
        <source>Open working set</source>
        <translation>Arbeitssatz öffnen</translation>
    </message>
    <message>
        <source>Nothing that is ticked is embedded yet.</source>
        <translation>Nichts Angehaktes ist schon eingebettet.</translation>
    </message>
    <message>
        <source>Save working set</source>
        <translation>Arbeitssatz speichern</translation>
    </message>
    <message>
        <source>Working sets (*.json)</source>
        <translation>Arbeitssätze (*.json)</translation>
    </message>
</context>
<context>
    <name>SeenBox</name>
    <message>
        <source>Natural colour</source>
        <translation>Echtfarben</translation>
    </message>
    <message>
        <source>The scene as the eye sees it</source>
        <translation>Die Szene, wie das Auge sie sieht</translation>
    </message>
    <message>
        <source>False colour</source>
        <translation>Falschfarben</translation>
    </message>
    <message>
        <source>The scene in near infrared: red plants</source>
        <translation>Die Szene im nahen Infrarot: Pflanzen sind rot</translation>
    </message>
    <message>
        <source>Live map</source>
        <translation>Live-Karte</translation>
    </message>
    <message>
        <source>Map what is seen while you draw: every edit of the samples repaints it</source>
        <translation>Das Sichtbare kartieren, während Sie zeichnen: Jede Änderung der Beispiele zeichnet es neu</translation>
    </message>
    <message>
        <source>Make map</source>
        <translation>Karte erstellen</translation>
    </message>
    <message>
        <source>Map the whole embedding; the model is saved beside the map</source>
        <translation>Die ganze Einbettung kartieren; das Modell wird neben der Karte gespeichert</translation>
    </message>
    <message>
        <source>The scene of the embedding in use is not in the project; add it to see it.</source>
        <translation>Die Szene der verwendeten Einbettung ist nicht im Projekt; fügen Sie sie hinzu, um sie zu sehen.</translation>
    </message>
    <message>
        <source>{} does not name the bands that this needs; choose them in the properties of the layer.</source>
        <translation>{} benennt die dafür nötigen Kanäle nicht; wählen Sie sie in den Eigenschaften des Layers.</translation>
    </message>
</context>
<context>
    <name>SegmentTool</name>
    <message>
        <source>There is no class with that key; add it, or type another.</source>
        <translation>Es gibt keine Klasse mit dieser Taste; fügen Sie sie hinzu, oder tippen Sie eine andere.</translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation>Es gibt nichts zurückzunehmen.</translation>
    </message>
    <message>
        <source>There is nothing to redo.</source>
        <translation>Es gibt nichts zu wiederholen.</translation>
    </message>
    <message>
        <source>There is no sample under the cursor; move onto one.</source>
        <translation>Unter dem Zeiger ist kein Beispiel; bewegen Sie ihn auf eines.</translation>
    </message>
    <message>
        <source>Choose or make a sample layer first.</source>
        <translation>Wählen oder erstellen Sie zuerst einen Beispiellayer.</translation>
    </message>
    <message>
        <source>Add a class first.</source>
        <translation>Fügen Sie zuerst eine Klasse hinzu.</translation>
    </message>
    <message>
        <source>This sample lies outside the embedding: nothing is learned from it. Z takes it back.</source>
        <translation>Dieses Beispiel liegt außerhalb der Einbettung: daraus wird nichts gelernt. Z nimmt es zurück.</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0}: {1}</translation>
    </message>
    <message>
        <source>click a place, and what looks like it is outlined</source>
        <translation>eine Stelle anklicken: was ihr ähnlich sieht, wird umrissen</translation>
    </message>
    <message>
        <source>looking for what is like this place …</source>
        <translation>sucht, was dieser Stelle ähnlich ist …</translation>
    </message>
    <message>
        <source>{}, {} pixels</source>
        <translation>{}, {} Pixel</translation>
    </message>
    <message>
        <source>wheel: more or less; click inside: take it; Shift+click: add a place; Esc: drop it</source>
        <translation>Mausrad: mehr oder weniger; Klick hinein: übernehmen; Umschalt+Klick: weitere Stelle; Esc: verwerfen</translation>
    </message>
    <message>
        <source>Choose an embedding first: it knows what looks alike.</source>
        <translation>Wählen Sie zuerst eine Einbettung: Sie weiß, was sich ähnlich sieht.</translation>
    </message>
    <message>
        <source>It goes on beyond what is seen, and is cut there: zoom out to take all of it.</source>
        <translation>Es geht über den Kartenausschnitt hinaus und ist dort abgeschnitten: herauszoomen, um alles zu nehmen.</translation>
    </message>
    <message>
        <source>It goes on farther than one click looks, and is cut there: add the rest with Shift and a click.</source>
        <translation>Es reicht weiter, als ein Klick blickt, und ist dort abgeschnitten: den Rest mit Umschalt und Klick hinzufügen.</translation>
    </message>
</context>
<context>
    <name>SetupPanel</name>
    <message>
        <source>Set up MMEarth</source>
        <translation>MMEarth einrichten</translation>
    </message>
    <message>
        <source>Use this Python</source>
        <translation>Dieses Python verwenden</translation>
    </message>
    <message>
        <source>Run the worker in the Python that was tested</source>
        <translation>Das getestete Python zum Rechnen verwenden</translation>
    </message>
    <message>
        <source>Create an environment</source>
        <translation>Umgebung anlegen</translation>
    </message>
    <message>
        <source>Use an existing Python</source>
        <translation>Vorhandenes Python verwenden</translation>
    </message>
    <message>
        <source>MMEarth computes in a Python of its own, so that nothing inside QGIS changes.</source>
        <translation>MMEarth rechnet in einem eigenen Python, damit sich in QGIS nichts ändert.</translation>
    </message>
    <message>
        <source>The one set cannot be used yet; its test is below.</source>
        <translation>Das eingestellte ist noch nicht verwendbar; sein Test steht unten.</translation>
    </message>
    <message>
        <source>The one that MMEARTH_PYTHON names cannot be used yet; its test is below.</source>
        <translation>Das in MMEARTH_PYTHON genannte ist noch nicht verwendbar; sein Test steht unten.</translation>
    </message>
    <message>
        <source>The environment does not work; its test is below.</source>
        <translation>Die Umgebung funktioniert nicht; ihr Test steht unten.</translation>
    </message>
    <message>
        <source>Its environment was made for another version of the plugin and needs an update.</source>
        <translation>Seine Umgebung wurde für eine andere Version des Plugins angelegt und muss aktualisiert werden.</translation>
    </message>
    <message>
        <source>There is none yet: create an environment here, or choose a Python that has mmearth.</source>
        <translation>Noch gibt es keines: Legen Sie hier eine Umgebung an, oder wählen Sie ein Python, das mmearth hat.</translation>
    </message>
</context>
<context>
    <name>Similar</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Verweisen der Eingabe folgen</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Liest auch Dateien in anderen Ordnern und im Netz, die ein VRT oder ein STAC-Item nennt.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Kartierung</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Was herauskommt</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Tipp</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth hat kein Python, mit dem es rechnen kann; öffnen Sie in QGIS das MMEarth-Bedienfeld und richten Sie eines ein, oder nennen Sie in der Umgebungsvariablen MMEARTH_PYTHON ein Python, in dem mmearth installiert ist.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Klassenmodell</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Eine mit „Klassen aus Beispielen lernen“ gemachte oder im Bedienfeld gespeicherte Datei.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung ({} Kanäle); machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung; machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>kein Feld</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>„{}“ hat kein Feld „{}“; vorhanden: {}. Wählen Sie das Feld, das die Klasse nennt.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>„{}“ kann nicht in eine Datenbank geschrieben werden; wählen Sie eine eigene Datei.</translation>
    </message>
    <message>
        <source>Find similar places</source>
        <translation>Ähnliche Orte finden</translation>
    </message>
    <message>
        <source>Shows where it looks like at a place, or like under some features, by comparing every pixel's embedding with the one there.</source>
        <translation>Zeigt, wo es so aussieht wie an einem Ort oder unter einigen Objekten, indem die Einbettung jedes Pixels mit der dortigen verglichen wird.</translation>
    </message>
    <message>
        <source>A raster of cosine similarity, from -1 (opposite) by 0 (unrelated) to 1 (the same).</source>
        <translation>Ein Raster der Kosinus-Ähnlichkeit, von -1 (entgegengesetzt) über 0 (ohne Bezug) bis 1 (gleich).</translation>
    </message>
    <message>
        <source>“Outline” turns what lies above a threshold into polygons.</source>
        <translation>„Umrisse zeichnen“ macht aus dem, was über einem Schwellenwert liegt, Polygone.</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>Ort</translation>
    </message>
    <message>
        <source>The place to compare with.</source>
        <translation>Der Ort, mit dem verglichen wird.</translation>
    </message>
    <message>
        <source>… or features</source>
        <translation>… oder Objekte</translation>
    </message>
    <message>
        <source>Instead of a place: features; the mean of the pixels under them is compared with.</source>
        <translation>Statt eines Ortes: Objekte; verglichen wird mit dem Mittel der Pixel darunter.</translation>
    </message>
    <message>
        <source>Similarity</source>
        <translation>Ähnlichkeit</translation>
    </message>
    <message>
        <source>The raster to write.</source>
        <translation>Das Raster, das geschrieben wird.</translation>
    </message>
    <message>
        <source>For a working set of several places, in place of a raster: the folder to write that of each place into.</source>
        <translation>Für einen Arbeitssatz mit mehreren Orten, anstelle eines Rasters: der Ordner, in den das jedes Orts geschrieben wird.</translation>
    </message>
    <message>
        <source>Pixels compared with</source>
        <translation>Pixel, mit denen verglichen wurde</translation>
    </message>
    <message>
        <source>What to compare with is not said, or twice; choose either a place or features.</source>
        <translation>Womit zu vergleichen ist, ist nicht gesagt oder zweimal; wählen Sie entweder einen Ort oder Objekte.</translation>
    </message>
    <message>
        <source>Compared with one pixel.</source>
        <translation>Mit einem Pixel verglichen.</translation>
    </message>
    <message>
        <source>Compared with the mean of {} pixels.</source>
        <translation>Mit dem Mittel von {} Pixeln verglichen.</translation>
    </message>
</context>
<context>
    <name>SimilarityBox</name>
    <message>
        <source>Similar places</source>
        <translation>Ähnliche Orte</translation>
    </message>
    <message>
        <source>Find similar places</source>
        <translation>Ähnliche Orte finden</translation>
    </message>
    <message>
        <source>Then click a place in the map: what looks like it lights up</source>
        <translation>Klicken Sie dann einen Ort in der Karte an: Was so aussieht wie er, leuchtet auf</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Take the heat map away</source>
        <translation>Die Heatmap wegnehmen</translation>
    </message>
    <message>
        <source>Only what is at least so alike is shown and becomes polygons</source>
        <translation>Nur was mindestens so ähnlich ist, wird gezeigt und zu Polygonen</translation>
    </message>
    <message>
        <source>At least</source>
        <translation>Mindestens</translation>
    </message>
    <message>
        <source>Save heat map…</source>
        <translation>Heatmap speichern…</translation>
    </message>
    <message>
        <source>The similarity of the whole layer, as a raster</source>
        <translation>Die Ähnlichkeit des ganzen Layers als Raster</translation>
    </message>
    <message>
        <source>To polygons…</source>
        <translation>In Polygone…</translation>
    </message>
    <message>
        <source>What is alike enough in the whole layer, as polygons</source>
        <translation>Was im ganzen Layer ähnlich genug ist, als Polygone</translation>
    </message>
    <message>
        <source>Embed a layer first, or choose an embedding.</source>
        <translation>Betten Sie zuerst einen Layer ein, oder wählen Sie eine Einbettung.</translation>
    </message>
    <message>
        <source>Save heat map</source>
        <translation>Heatmap speichern</translation>
    </message>
    <message>
        <source>Save polygons</source>
        <translation>Polygone speichern</translation>
    </message>
    <message>
        <source>{} polygons.</source>
        <translation>{} Polygone.</translation>
    </message>
    <message>
        <source>Comparing the whole layer …</source>
        <translation>Der ganze Layer wird verglichen …</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>Abgebrochen.</translation>
    </message>
    <message>
        <source>{} exists. Replace it?</source>
        <translation>{} ist schon vorhanden. Ersetzen?</translation>
    </message>
    <message>
        <source>Replace file?</source>
        <translation>Datei ersetzen?</translation>
    </message>
</context>
<context>
    <name>SingleScenes</name>
    <message>
        <source>The model learned from extra layers too ({}), which scenes of a folder do not have; put the scenes and these layers into a working set and map that, or learn from samples without the layers.</source>
        <translation>Das Modell lernte auch aus zusätzlichen Layern ({}), die Szenen eines Ordners nicht haben; nehmen Sie die Szenen und diese Layer in ein Arbeitsset auf und kartieren Sie das, oder lernen Sie aus den Beispielen ohne die Layer.</translation>
    </message>
    <message>
        <source>The model sees several dates of a place at once ({}), and a scene of a folder is of one; put the dates of each place into a working set and map that, or learn with “Dates: each votes”.</source>
        <translation>Das Modell sieht mehrere Daten eines Ortes zugleich ({}), und eine Szene eines Ordners hat eines; nehmen Sie die Daten jedes Ortes in ein Arbeitsset auf und kartieren Sie das, oder lernen Sie mit „Daten: jedes stimmt ab“.</translation>
    </message>
</context>
<context>
    <name>Sources</name>
    <message>
        <source>“{}” is not a raster that can be opened; choose another layer.</source>
        <translation>„{}“ ist kein Raster, das sich öffnen lässt; wählen Sie einen anderen Layer.</translation>
    </message>
    <message>
        <source>“{0}” is not a raster file but comes from a service or database ({1})</source>
        <translation>„{0}“ ist keine Rasterdatei, sondern kommt von einem Dienst oder aus einer Datenbank ({1})</translation>
    </message>
    <message>
        <source>“{}” is not a raster file but in QGIS' memory only</source>
        <translation>„{}“ ist keine Rasterdatei, sondern nur im Speicher von QGIS</translation>
    </message>
    <message>
        <source>“{0}” is opened in a way of its own ({1}), in which nothing but QGIS sees it</source>
        <translation>„{0}“ ist auf eigene Art geöffnet ({1}), so sieht es nur QGIS</translation>
    </message>
    <message>
        <source>“{}” is not a raster file on this computer</source>
        <translation>„{}“ ist keine Rasterdatei auf diesem Rechner</translation>
    </message>
    <message>
        <source>{}; save it as a GeoTIFF (Export, Save As) and take that.</source>
        <translation>{}; speichern Sie es als GeoTIFF (Exportieren, Speichern als) und nehmen Sie das.</translation>
    </message>
    <message>
        <source>“{0}” is in {1} by its file and in {2} by the layer's properties; set the layer's back, or save it as a GeoTIFF in the right one (Export, Save As) and take that.</source>
        <translation>„{0}“ ist laut Datei in {1} und laut Layereigenschaften in {2}; setzen Sie das des Layers zurück, oder speichern Sie es im richtigen als GeoTIFF (Exportieren, Speichern als) und nehmen Sie das.</translation>
    </message>
    <message>
        <source>“{}” has no coordinate reference system; set it (Layer, Set CRS of Layer) and try again.</source>
        <translation>„{}“ hat kein Koordinatenbezugssystem; setzen Sie es (Layer, KBS von Layer(n) setzen) und versuchen Sie es noch einmal.</translation>
    </message>
</context>
<context>
    <name>SquareTool</name>
    <message>
        <source>click for {0} × {0} pixels</source>
        <translation>Klick für {0} × {0} Pixel</translation>
    </message>
    <message>
        <source>Choose an embedding first: squares follow its pixels.</source>
        <translation>Wählen Sie zuerst eine Einbettung: Quadrate folgen ihren Pixeln.</translation>
    </message>
    <message>
        <source>That place is outside the embedding; choose one inside.</source>
        <translation>Dieser Ort liegt außerhalb der Einbettung; wählen Sie einen darin.</translation>
    </message>
    <message>
        <source>There is no class with that key; add it, or type another.</source>
        <translation>Es gibt keine Klasse mit dieser Taste; fügen Sie sie hinzu, oder tippen Sie eine andere.</translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation>Es gibt nichts zurückzunehmen.</translation>
    </message>
    <message>
        <source>There is nothing to redo.</source>
        <translation>Es gibt nichts zu wiederholen.</translation>
    </message>
    <message>
        <source>There is no sample under the cursor; move onto one.</source>
        <translation>Unter dem Zeiger ist kein Beispiel; bewegen Sie ihn auf eines.</translation>
    </message>
    <message>
        <source>Choose or make a sample layer first.</source>
        <translation>Wählen oder erstellen Sie zuerst einen Beispiellayer.</translation>
    </message>
    <message>
        <source>Add a class first.</source>
        <translation>Fügen Sie zuerst eine Klasse hinzu.</translation>
    </message>
    <message>
        <source>This sample lies outside the embedding: nothing is learned from it. Z takes it back.</source>
        <translation>Dieses Beispiel liegt außerhalb der Einbettung: daraus wird nichts gelernt. Z nimmt es zurück.</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0}: {1}</translation>
    </message>
</context>
<context>
    <name>Suggest</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Verweisen der Eingabe folgen</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Liest auch Dateien in anderen Ordnern und im Netz, die ein VRT oder ein STAC-Item nennt.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Kartierung</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Was herauskommt</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Tipp</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth hat kein Python, mit dem es rechnen kann; öffnen Sie in QGIS das MMEarth-Bedienfeld und richten Sie eines ein, oder nennen Sie in der Umgebungsvariablen MMEARTH_PYTHON ein Python, in dem mmearth installiert ist.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Klassenmodell</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Eine mit „Klassen aus Beispielen lernen“ gemachte oder im Bedienfeld gespeicherte Datei.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung ({} Kanäle); machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung; machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>kein Feld</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>„{}“ hat kein Feld „{}“; vorhanden: {}. Wählen Sie das Feld, das die Klasse nennt.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>„{}“ kann nicht in eine Datenbank geschrieben werden; wählen Sie eine eigene Datei.</translation>
    </message>
    <message>
        <source>Suggest where to label next</source>
        <translation>Orte für neue Beispiele vorschlagen</translation>
    </message>
    <message>
        <source>Finds the places whose label would improve a model most: those it is least sure of, unlike each other and unlike what it knows.</source>
        <translation>Findet die Orte, deren Klasse ein Modell am meisten verbessern würde: wo es am unsichersten ist, einander unähnlich und unähnlich dem, was es kennt.</translation>
    </message>
    <message>
        <source>Points, best first, with the fields rank, class (empty, for you to fill), predicted, second, margin, and place for a working set of several places.</source>
        <translation>Punkte, die besten zuerst, mit den Feldern rank, class (leer, für Sie zum Ausfüllen), predicted, second, margin, und place bei einem Arbeitssatz mit mehreren Orten.</translation>
    </message>
    <message>
        <source>Label the first ten, fit again with both layers, then ask anew: each fit changes the answer.</source>
        <translation>Bestimmen Sie die ersten zehn, lernen Sie mit beiden Layern neu und fragen Sie wieder: Jedes Lernen ändert die Antwort.</translation>
    </message>
    <message>
        <source>Number of places</source>
        <translation>Anzahl der Orte</translation>
    </message>
    <message>
        <source>How many are wanted; there may be fewer.</source>
        <translation>Wie viele gewünscht sind; es können weniger sein.</translation>
    </message>
    <message>
        <source>Samples so far</source>
        <translation>Bisherige Beispiele</translation>
    </message>
    <message>
        <source>What is labelled already: no place comes within 10 pixels of it.</source>
        <translation>Was schon bestimmt ist: Kein Ort liegt näher als 10 Pixel daran.</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>Decides between equals.</source>
        <translation>Entscheidet zwischen Gleichen.</translation>
    </message>
    <message>
        <source>Suggestions</source>
        <translation>Vorschläge</translation>
    </message>
    <message>
        <source>The points to write.</source>
        <translation>Die Punkte, die geschrieben werden.</translation>
    </message>
    <message>
        <source>{} places to label next; {} were asked for.</source>
        <translation>{} Orte für neue Beispiele; gewünscht waren {}.</translation>
    </message>
</context>
<context>
    <name>SuggestionsBox</name>
    <message>
        <source>There is no class {}.</source>
        <translation>Es gibt keine Klasse {}.</translation>
    </message>
    <message>
        <source>Suggest places</source>
        <translation>Orte vorschlagen</translation>
    </message>
    <message>
        <source>Find places where the map is least certain and unlike what is labelled</source>
        <translation>Orte finden, wo die Karte am unsichersten und dem schon Bestimmten unähnlich ist</translation>
    </message>
    <message>
        <source>Number of places</source>
        <translation>Anzahl der Orte</translation>
    </message>
    <message>
        <source>in view</source>
        <translation>im Bild</translation>
    </message>
    <message>
        <source>Look only inside what is seen</source>
        <translation>Nur im Sichtbaren suchen</translation>
    </message>
    <message>
        <source>The places, the most useful one first: choose one to see it on the map</source>
        <translation>Die Orte, der nützlichste zuerst: Wählen Sie einen, um ihn auf der Karte zu sehen</translation>
    </message>
    <message>
        <source>Embed a layer and draw samples first.</source>
        <translation>Betten Sie zuerst einen Layer ein und zeichnen Sie Beispiele.</translation>
    </message>
    <message>
        <source>Looking for uncertain places</source>
        <translation>Unsichere Orte werden gesucht</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>{0}  {1} {2} or {3} {4}?</source>
        <translation>{0}  {1} {2} oder {3} {4}?</translation>
    </message>
    <message>
        <source>So sure is the map of its two likeliest classes here: {0} against {1}</source>
        <translation>So sicher ist die Karte hier bei ihren zwei wahrscheinlichsten Klassen: {0} gegen {1}</translation>
    </message>
    <message>
        <source>Number keys give the place its class, Delete skips it. The map is hidden: hold M to see it.</source>
        <translation>Zifferntasten geben dem Ort seine Klasse, Entf überspringt ihn. Die Karte ist verborgen: M gedrückt halten, um sie zu sehen.</translation>
    </message>
</context>
<context>
    <name>Tidy</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Verweisen der Eingabe folgen</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Liest auch Dateien in anderen Ordnern und im Netz, die ein VRT oder ein STAC-Item nennt.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Kartierung</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Was herauskommt</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Tipp</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth hat kein Python, mit dem es rechnen kann; öffnen Sie in QGIS das MMEarth-Bedienfeld und richten Sie eines ein, oder nennen Sie in der Umgebungsvariablen MMEARTH_PYTHON ein Python, in dem mmearth installiert ist.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Klassenmodell</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Eine mit „Klassen aus Beispielen lernen“ gemachte oder im Bedienfeld gespeicherte Datei.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung ({} Kanäle); machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>„{}“ ist keine Einbettung; machen Sie zuerst mit „Layer einbetten“ eine daraus.</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>kein Feld</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>„{}“ hat kein Feld „{}“; vorhanden: {}. Wählen Sie das Feld, das die Klasse nennt.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>„{}“ kann nicht in eine Datenbank geschrieben werden; wählen Sie eine eigene Datei.</translation>
    </message>
    <message>
        <source>Tidy map</source>
        <translation>Karte aufräumen</translation>
    </message>
    <message>
        <source>Fills areas of a class map that are too small with the class they have the longest border with.</source>
        <translation>Füllt zu kleine Flächen einer Klassenkarte mit der Klasse, mit der sie die längste Grenze haben.</translation>
    </message>
    <message>
        <source>A map with the same names and colours; it says what was done and which classes changed.</source>
        <translation>Eine Karte mit denselben Namen und Farben; sie sagt, was getan wurde und welche Klassen sich geändert haben.</translation>
    </message>
    <message>
        <source>Name roads and rivers as kept where they are broken into short pieces, or give them a smaller area.</source>
        <translation>Straßen und Flüsse, die in kurze Stücke zerfallen sind, als zu erhalten nennen oder ihnen eine kleinere Fläche geben.</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>Karte</translation>
    </message>
    <message>
        <source>A class map, also one that another program made.</source>
        <translation>Eine Klassenkarte, auch die eines anderen Programms.</translation>
    </message>
    <message>
        <source>Smallest areas in hectares</source>
        <translation>Kleinste Flächen in Hektar</translation>
    </message>
    <message>
        <source>For all classes, and after semicolons for single ones: 0.1; forest=0.5</source>
        <translation>Für alle Klassen, und nach Semikolons für einzelne: 0.1; Wald=0.5</translation>
    </message>
    <message>
        <source>Kept classes</source>
        <translation>Erhaltene Klassen</translation>
    </message>
    <message>
        <source>Classes that neither lose nor win a pixel, with semicolons between them: roads; rivers</source>
        <translation>Klassen, die kein Pixel verlieren und keines gewinnen, durch Semikolons getrennt: Straßen; Flüsse</translation>
    </message>
    <message>
        <source>Majority of pixels</source>
        <translation>Mehrheit der Pixel</translation>
    </message>
    <message>
        <source>First, every pixel gets the commonest class of so many pixels on a side around it: 3, 5, …; 1 leaves that out. It also removes what is thin, such as rivers and roads.</source>
        <translation>Zuerst bekommt jedes Pixel die häufigste Klasse in einem Fenster von so vielen Pixeln Seitenlänge: 3, 5, …; 1 lässt das aus. Auch Schmales wie Flüsse und Straßen verschwindet dabei.</translation>
    </message>
    <message>
        <source>The map to write.</source>
        <translation>Die Karte, die geschrieben wird.</translation>
    </message>
    <message>
        <source>Areas filled</source>
        <translation>Gefüllte Flächen</translation>
    </message>
    <message>
        <source>Pixels that classes lost and won</source>
        <translation>Pixel, die Klassen verloren und gewonnen haben</translation>
    </message>
    <message>
        <source>{} small areas filled.</source>
        <translation>{} kleine Flächen gefüllt.</translation>
    </message>
</context>
<context>
    <name>ToolRow</name>
    <message>
        <source>Polygon</source>
        <translation>Polygon</translation>
    </message>
    <message>
        <source>Click the corners; right click finishes</source>
        <translation>Ecken anklicken; Rechtsklick schließt ab</translation>
    </message>
    <message>
        <source>Freehand</source>
        <translation>Freihand</translation>
    </message>
    <message>
        <source>Draw the outline with the button pressed</source>
        <translation>Den Umriss mit gedrückter Maustaste zeichnen</translation>
    </message>
    <message>
        <source>Rectangle</source>
        <translation>Rechteck</translation>
    </message>
    <message>
        <source>Drag from corner to corner</source>
        <translation>Von Ecke zu Ecke ziehen</translation>
    </message>
    <message>
        <source>Square</source>
        <translation>Quadrat</translation>
    </message>
    <message>
        <source>Click: a square of embedding pixels</source>
        <translation>Klick: ein Quadrat aus Pixeln der Einbettung</translation>
    </message>
    <message>
        <source>Segment</source>
        <translation>Segment</translation>
    </message>
    <message>
        <source>Click a field, a lake, a forest: what looks like it is outlined along its edges. The wheel makes it larger or smaller, a click inside takes it.</source>
        <translation>Ein Feld, einen See, einen Wald anklicken: Was so aussieht, wird entlang seiner Ränder umrissen. Das Mausrad macht es größer oder kleiner, ein Klick hinein übernimmt es.</translation>
    </message>
    <message>
        <source>Side of the square in pixels of the embedding</source>
        <translation>Seite des Quadrats in Pixeln der Einbettung</translation>
    </message>
    <message>
        <source>A tree in a field, a boat on a lake: what lies inside the outline and is no larger belongs to it</source>
        <translation>Ein Baum im Feld, ein Boot auf dem See: was im Umriss liegt und nicht größer ist, gehört dazu</translation>
    </message>
    <message>
        <source>Side of the square</source>
        <translation>Seite des Quadrats</translation>
    </message>
    <message>
        <source>Fill holes up to</source>
        <translation>Löcher füllen bis</translation>
    </message>
    <message>
        <source> pixels</source>
        <translation> Pixel</translation>
    </message>
</context>
<context>
    <name>Tour</name>
    <message>
        <source>1 of 4 · Embed</source>
        <translation>1 von 4 · Einbetten</translation>
    </message>
    <message>
        <source>2 of 4 · Samples</source>
        <translation>2 von 4 · Beispiele</translation>
    </message>
    <message>
        <source>3 of 4 · Live map</source>
        <translation>3 von 4 · Live-Karte</translation>
    </message>
    <message>
        <source>4 of 4 · Make map</source>
        <translation>4 von 4 · Karte erstellen</translation>
    </message>
    <message>
        <source>That is a map</source>
        <translation>Das ist eine Karte</translation>
    </message>
    <message>
        <source>Every pixel gets 64 numbers that say what it and its surroundings look like. Press the button; the example takes some seconds.</source>
        <translation>Jedes Pixel bekommt 64 Zahlen, die sagen, wie es und seine Umgebung aussehen. Drücken Sie den Knopf; das Beispiel braucht einige Sekunden.</translation>
    </message>
    <message>
        <source>Press “Draw samples”. Then choose a class by its digit, click the corners of an area of it on the map, and end with the right button. Draw two areas of each of two classes, apart from each other.</source>
        <translation>Drücken Sie „Beispiele zeichnen“. Wählen Sie dann eine Klasse mit ihrer Ziffer, klicken Sie auf der Karte die Ecken einer Fläche davon an, und enden Sie mit der rechten Taste. Zeichnen Sie zwei Flächen von je zwei Klassen, voneinander entfernt.</translation>
    </message>
    <message>
        <source>What you see is mapped, and mapped again with every sample that you draw. Where it is wrong, draw one more.</source>
        <translation>Was Sie sehen, wird kartiert, und mit jedem Beispiel, das Sie zeichnen, von Neuem. Wo es falsch ist, zeichnen Sie eines dazu.</translation>
    </message>
    <message>
        <source>Happy with it? The whole scene is mapped, with names, colours and the model in its files.</source>
        <translation>Zufrieden? Die ganze Szene wird kartiert, mit Namen, Farben und dem Modell in den Dateien.</translation>
    </message>
    <message>
        <source>How good it is, the tab “Accuracy” tells, from points drawn at random. “Help”, below, explains every tab; the key ? shows all keys.</source>
        <translation>Wie gut sie ist, sagt die Karteikarte „Genauigkeit“, aus zufällig gezogenen Punkten. „Hilfe“, unten, erklärt jede Karteikarte; die Taste ? zeigt alle Tasten.</translation>
    </message>
    <message>
        <source>Skip the tour</source>
        <translation>Führung beenden</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Weiter</translation>
    </message>
</context>
<context>
    <name>WarningLine</name>
    <message>
        <source>A way out of what the sentence beside it says</source>
        <translation>Ein Ausweg aus dem, was der Satz daneben sagt</translation>
    </message>
</context>
<context>
    <name>WorkerClient</name>
    <message>
        <source>{} – cancelled</source>
        <translation>{} – abgebrochen</translation>
    </message>
    <message>
        <source>There is no Python to run the worker; set up the environment in the plugin's panel.</source>
        <translation>Es gibt kein Python zum Rechnen; richten Sie im Bedienfeld des Plugins die Umgebung ein.</translation>
    </message>
    <message>
        <source>{path} is QGIS itself and cannot run the worker; choose a Python in the plugin's panel.</source>
        <translation>{path} ist QGIS selbst und kann nicht rechnen; wählen Sie im Bedienfeld des Plugins ein Python.</translation>
    </message>
    <message>
        <source>Follow what the input refers to (Processing toolbox, advanced parameters)</source>
        <translation>Verweisen der Eingabe folgen (Verarbeitungswerkzeuge, erweiterte Parameter)</translation>
    </message>
</context>
<context>
    <name>WorkerLabel</name>
    <message>
        <source>ready</source>
        <translation>bereit</translation>
    </message>
    <message>
        <source>starting</source>
        <translation>startet</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>ruht</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>at work</source>
        <translation>arbeitet</translation>
    </message>
    <message>
        <source>{}, {} of memory</source>
        <translation>{}, {} Speicher</translation>
    </message>
    <message>
        <source>Worker: {}</source>
        <translation>Rechenprozess: {}</translation>
    </message>
</context>
<context>
    <name>WorkingSets</name>
    <message>
        <source>“{}” is not a working set; make one with “Gather working set”.</source>
        <translation>„{}“ ist kein Arbeitssatz; machen Sie einen mit „Arbeitssatz zusammenstellen“.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>A raster made by “Embed layer”.</source>
        <translation>Ein mit „Layer einbetten“ gemachtes Raster.</translation>
    </message>
    <message>
        <source>… or working set</source>
        <translation>… oder Arbeitssatz</translation>
    </message>
    <message>
        <source>Instead of an embedding: several dates, places and layers that “Gather working set” put together.</source>
        <translation>Statt einer Einbettung: mehrere Daten, Orte und Layer, die „Arbeitssatz zusammenstellen“ zusammengestellt hat.</translation>
    </message>
    <message>
        <source>What to work on is not said, or twice; choose either an embedding or a working set.</source>
        <translation>Womit zu arbeiten ist, ist nicht gesagt oder zweimal; wählen Sie entweder ein Embedding oder ein Arbeitsset.</translation>
    </message>
    <message>
        <source>Folder of maps</source>
        <translation>Ordner der Karten</translation>
    </message>
    <message>
        <source>Maps</source>
        <translation>Karten</translation>
    </message>
    <message>
        <source>The working set has several places; choose the folder of their maps.</source>
        <translation>Der Arbeitssatz hat mehrere Orte; wählen Sie den Ordner für deren Karten.</translation>
    </message>
    <message>
        <source>A folder is for the maps of a working set of several places; choose the map to write.</source>
        <translation>Ein Ordner ist für die Karten eines Arbeitssatzes mit mehreren Orten; wählen Sie die Karte, die geschrieben werden soll.</translation>
    </message>
    <message>
        <source>No map to write is named; choose its file.</source>
        <translation>Es ist keine Karte zum Schreiben genannt; wählen Sie ihre Datei.</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>Karte</translation>
    </message>
    <message>
        <source>A map made by “Classify embedding”, or any raster of whole numbers.</source>
        <translation>Eine mit „Einbettung klassifizieren“ gemachte Karte oder ein beliebiges Raster ganzer Zahlen.</translation>
    </message>
    <message>
        <source>… or folder of maps</source>
        <translation>… oder Ordner mit Karten</translation>
    </message>
    <message>
        <source>Instead of a map: the folder with the maps of all places of a working set, which count as one map.</source>
        <translation>Statt einer Karte: der Ordner mit den Karten aller Orte eines Arbeitssatzes, die als eine Karte zählen.</translation>
    </message>
    <message>
        <source>Working set of the maps</source>
        <translation>Arbeitssatz der Karten</translation>
    </message>
    <message>
        <source>The working set whose places the folder has the maps of.</source>
        <translation>Der Arbeitssatz, von dessen Orten der Ordner die Karten hat.</translation>
    </message>
    <message>
        <source>The map is not said, or twice; choose either a map or a folder of maps.</source>
        <translation>Die Karte ist nicht genannt oder zweimal; wählen Sie entweder eine Karte oder einen Ordner mit Karten.</translation>
    </message>
    <message>
        <source>The folder's maps are of a working set that is not named; choose it.</source>
        <translation>Die Karten im Ordner gehören zu einem Arbeitsset, das nicht genannt ist; wählen Sie es.</translation>
    </message>
</context>
<context>
    <name>Workspace</name>
    <message>
        <source>a layer of it</source>
        <translation>einer seiner Layer</translation>
    </message>
    <message>
        <source>The scenes are no longer worked on together, for this is not where it was: {}. Open “Several scenes…”, and “Work with these” puts together what is left.</source>
        <translation>Mit den Szenen wird nicht mehr gemeinsam gearbeitet, denn dies ist nicht mehr, wo es war: {}. Öffnen Sie „Mehrere Szenen…“, und „Mit diesen arbeiten“ stellt zusammen, was da ist.</translation>
    </message>
</context>
<context>
    <name>_ColourDelegate</name>
    <message>
        <source>Colour of the class</source>
        <translation>Farbe der Klasse</translation>
    </message>
    <message>
        <source>The colour of the class on the map</source>
        <translation>Die Farbe der Klasse in der Karte</translation>
    </message>
</context>
<context>
    <name>_DragTool</name>
    <message>
        <source>Keep the button pressed while you draw.</source>
        <translation>Halten Sie die Taste gedrückt, während Sie zeichnen.</translation>
    </message>
    <message>
        <source>There is no class with that key; add it, or type another.</source>
        <translation>Es gibt keine Klasse mit dieser Taste; fügen Sie sie hinzu, oder tippen Sie eine andere.</translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation>Es gibt nichts zurückzunehmen.</translation>
    </message>
    <message>
        <source>There is nothing to redo.</source>
        <translation>Es gibt nichts zu wiederholen.</translation>
    </message>
    <message>
        <source>There is no sample under the cursor; move onto one.</source>
        <translation>Unter dem Zeiger ist kein Beispiel; bewegen Sie ihn auf eines.</translation>
    </message>
    <message>
        <source>Choose or make a sample layer first.</source>
        <translation>Wählen oder erstellen Sie zuerst einen Beispiellayer.</translation>
    </message>
    <message>
        <source>Add a class first.</source>
        <translation>Fügen Sie zuerst eine Klasse hinzu.</translation>
    </message>
    <message>
        <source>This sample lies outside the embedding: nothing is learned from it. Z takes it back.</source>
        <translation>Dieses Beispiel liegt außerhalb der Einbettung: daraus wird nichts gelernt. Z nimmt es zurück.</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0}: {1}</translation>
    </message>
</context>
<context>
    <name>inputs</name>
    <message>
        <source>The layer “{}” is not a file of its own, or is filtered or edited; save it as one (Export, Save As) and take that.</source>
        <translation>Der Layer „{}“ ist keine eigene Datei oder ist gefiltert oder bearbeitet; speichern Sie ihn als eine (Exportieren, Speichern als) und nehmen Sie diese.</translation>
    </message>
    <message>
        <source>The layer “{}” could not be copied for the worker ({}); save it as a GeoPackage and take that.</source>
        <translation>Der Layer „{}“ ließ sich nicht für den Worker kopieren ({}); speichern Sie ihn als GeoPackage und nehmen Sie dieses.</translation>
    </message>
</context>
</TS>
